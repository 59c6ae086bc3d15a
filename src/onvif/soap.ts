import type { z } from 'zod';
import { GatewayError } from '../runtime/errors.ts';
import type { HttpReply } from './http.ts';
import { content, element, text } from './reply.ts';
import { nonsense, parseXml, type Xml, xml } from './xml.ts';

/** The services we speak to: prefix and namespace in an envelope, and what GetServices calls them. */
export const SERVICES = {
  device: { prefix: 'tds', namespace: 'http://www.onvif.org/ver10/device/wsdl' },
  media: { prefix: 'trt', namespace: 'http://www.onvif.org/ver10/media/wsdl' },
  media2: { prefix: 'tr2', namespace: 'http://www.onvif.org/ver20/media/wsdl' },
  ptz: { prefix: 'tptz', namespace: 'http://www.onvif.org/ver20/ptz/wsdl' },
  events: { prefix: 'tev', namespace: 'http://www.onvif.org/ver10/events/wsdl' },
  notification: { prefix: 'wsnt', namespace: 'http://docs.oasis-open.org/wsn/b-2' },
  imaging: { prefix: 'timg', namespace: 'http://www.onvif.org/ver20/imaging/wsdl' },
  deviceIO: { prefix: 'tmd', namespace: 'http://www.onvif.org/ver10/deviceIO/wsdl' },
  analytics: { prefix: 'tan', namespace: 'http://www.onvif.org/ver20/analytics/wsdl' },
} as const;
export type Service = keyof typeof SERVICES;

/** One ONVIF operation with its arguments: what is asked of which service, and how its reply is read. */
export interface Operation<T> {
  readonly service: Service;
  readonly name: string;
  readonly arguments?: Xml;
  /** More header elements, such as WS-Addressing on event calls. */
  readonly header?: Xml;
  readonly reply: z.ZodType<T>;
  /** Hears the whole reply as it came, for what the parser drops: prefixes and their namespaces. */
  readonly hear?: (reply: string) => void;
}

/** The whole message. `security` is the WS-Security header, or nothing. */
export function envelope<T>(operation: Operation<T>, security: Xml | undefined): string {
  const { prefix, namespace } = SERVICES[operation.service];
  const name = `${prefix}:${operation.name}`;
  const header = xml`<s:Header>${security}${operation.header}</s:Header>`;
  const message = xml`<?xml version="1.0" encoding="UTF-8"?>
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:${prefix}="${namespace}">${
    security || operation.header ? header : undefined
  }<s:Body><${name}>${operation.arguments}</${name}></s:Body></s:Envelope>`;
  return message.toString();
}

/** The media type with the action in it, which SOAP 1.2 has where 1.1 had SOAPAction. */
export function contentType<T>({ service, name }: Operation<T>): string {
  return `application/soap+xml; charset=utf-8; action="${SERVICES[service].namespace}/${name}"`;
}

/** What a reply says: an answer, or that we may not ask (with the challenges of an HTTP 401, if it was one). */
export type Verdict<T> =
  | { readonly type: 'answer'; readonly answer: T }
  | {
      readonly type: 'refusal';
      readonly challenges: readonly string[];
      readonly status: number;
      readonly said: string;
    };

const ENVELOPE = /<(?:[\w.-]+:)?Envelope[\s>]/;
const ENVELOPE_END = /<\/(?:[\w.-]+:)?Envelope\s*>/;

/**
 * Reads a reply: the body first, whatever the status, because faults come with 200, 400, 401 and 500 alike.
 * @throws GatewayError `camera-fault`, `not-onvif`
 */
export function verdict<T>(operation: Operation<T>, reply: HttpReply): Verdict<T> {
  const refused = (said: string): Verdict<T> => {
    return { type: 'refusal', challenges: reply.challenges, status: reply.status, said };
  };
  if (!ENVELOPE.test(reply.text)) {
    if (REFUSALS.has(reply.status)) return refused('');
    throw withoutEnvelope(reply);
  }
  if (!ENVELOPE_END.test(reply.text)) throw nonsense('cut off');
  const body = content.parse(content.parse(content.parse(parseXml(reply.text)).get('Envelope')).get('Body'));
  if (body.has('Fault')) {
    const fault = faultOf(body.get('Fault'));
    if (isRefusal(fault)) return refused(fault.reason);
    throw new GatewayError('camera-fault', 'camera answered with a fault', { operation: operation.name, ...fault });
  }
  const answer = body.get(`${operation.name}Response`);
  if (answer === undefined) {
    if (REFUSALS.has(reply.status)) return refused('');
    throw nonsense('not the answer to the question');
  }
  operation.hear?.(reply.text);
  return { type: 'answer', answer: operation.reply.parse(answer) };
}

const REFUSALS: ReadonlySet<number> = new Set([401, 403]);

/** What a web server's status says of an address that is no device service. */
const STRANGERS: ReadonlyMap<number, string> = new Map([
  [301, 'it sends us elsewhere'],
  [302, 'it sends us elsewhere'],
  [307, 'it sends us elsewhere'],
  [308, 'it sends us elsewhere'],
  [404, 'not found'],
]);

/** A reply that is no SOAP at all: whose fault that is, the status and the body tell together. */
function withoutEnvelope({ status, text: body }: HttpReply): GatewayError {
  if (status >= 500) return new GatewayError('camera-fault', 'camera failed to answer', { status });
  if (body.trim() !== '' || status === 404 || (status >= 300 && status < 400)) {
    const reason = STRANGERS.get(status) ?? (/<html/i.test(body) ? 'a web page' : 'not SOAP');
    return new GatewayError('not-onvif', 'no ONVIF service at this address', { reason, status });
  }
  // An empty 4xx is how some servers say that they don't know the operation (ONVIF field guide 4.7).
  if (status >= 400) return new GatewayError('camera-fault', 'camera does not support the operation', { status });
  return nonsense('empty');
}

interface Fault {
  /** The SOAP code: Sender, Receiver. */
  readonly code: string;
  /** ONVIF's own codes, from the general to the special: `InvalidArgVal/NoProfile`. */
  readonly subcode: string;
  readonly reason: string;
}

/** SOAP 1.2 and, for the cameras that fall back to it, 1.1. */
const faultSchema = element({
  Code: element({ Value: text, Subcode: element({ Value: text, Subcode: element({ Value: text }) }) }),
  Reason: element({ Text: text }),
  /** Where some servers put what belongs into Subcode. */
  Detail: element({ fault: element({ subcode: text }) }),
  faultcode: text,
  faultstring: text,
});

function faultOf(markup: unknown): Fault {
  const { Code, Reason, Detail, faultcode, faultstring } = faultSchema.parse(markup);
  const told = [Code.Subcode.Value ?? Detail.fault.subcode, Code.Subcode.Subcode.Value];
  const subcodes = told.map(localName).filter((name) => name !== '');
  return {
    code: localName(Code.Value ?? faultcode),
    subcode: subcodes.join('/'),
    reason: brief(Reason.Text ?? faultstring ?? ''),
  };
}

/** True when the camera answered in proper SOAP that it won't: a sign of life, whatever it refuses. */
export function isFault(err: GatewayError): boolean {
  return err.kind === 'camera-fault' && 'subcode' in err.fields;
}

/** Codes that mean "not with these credentials", whichever of the specifications the camera's author had read. */
const REFUSAL_CODES: ReadonlySet<string> = new Set([
  'notauthorized',
  'failedauthentication',
  'invalidsecurity',
  'invalidsecuritytoken',
  'messageexpired',
]);

function isRefusal({ code, subcode, reason }: Fault): boolean {
  const codes = [code, ...subcode.split('/')].map((name) => name.toLowerCase());
  if (codes.some((name) => REFUSAL_CODES.has(name))) return true;
  // A fault without a subcode has nothing but its words to tell what it is.
  return subcode === '' && /not authori[sz]ed|unauthori[sz]ed|authority failure/i.test(reason);
}

function localName(name: string | undefined): string {
  return brief(name?.split(':').at(-1) ?? '');
}

/** A camera's words, fit for one log line. */
export function brief(words: string): string {
  return words
    .replaceAll(/[\s\p{C}]+/gu, ' ')
    .trim()
    .slice(0, 120);
}
