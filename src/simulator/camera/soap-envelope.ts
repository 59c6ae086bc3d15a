import type { SoapFault } from './soap-service.ts';
import { childOf, parseXml, type Xml, type XmlTree, xml } from './xml.ts';

/** SOAP 1.2 envelopes, opened and made. */

export interface SoapRequest {
  readonly envelope: XmlTree;
  /** Local name of the first element in the body. */
  readonly operation: string;
  readonly request: XmlTree;
}

const NAMESPACES: ReadonlyArray<readonly [string, string]> = [
  ['s', 'http://www.w3.org/2003/05/soap-envelope'],
  ['tt', 'http://www.onvif.org/ver10/schema'],
  ['tds', 'http://www.onvif.org/ver10/device/wsdl'],
  ['trt', 'http://www.onvif.org/ver10/media/wsdl'],
  ['tr2', 'http://www.onvif.org/ver20/media/wsdl'],
  ['tptz', 'http://www.onvif.org/ver20/ptz/wsdl'],
  ['tev', 'http://www.onvif.org/ver10/events/wsdl'],
  ['tns1', 'http://www.onvif.org/ver10/topics'],
  ['wsnt', 'http://docs.oasis-open.org/wsn/b-2'],
  ['wsa', 'http://www.w3.org/2005/08/addressing'],
  ['ter', 'http://www.onvif.org/ver10/error'],
];
const DECLARED = NAMESPACES.map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`).join('');

/** Undefined for what is no SOAP request. */
export function openEnvelope(text: string): SoapRequest | undefined {
  const envelope = childOf(parseXml(text), 'Envelope');
  const body = childOf(envelope, 'Body');
  if (!envelope || !body) return undefined;
  const operation = Object.keys(body).find((name) => !name.startsWith('@') && !name.startsWith('#'));
  const request = operation === undefined ? undefined : childOf(body, operation);
  return operation !== undefined && request ? { envelope, operation, request } : undefined;
}

export function envelopeWith(body: Xml): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<s:Envelope${DECLARED}><s:Body>${body.text}</s:Body></s:Envelope>`;
}

export function faultBody({ fault, detail, reason }: SoapFault): Xml {
  const inner = detail === undefined ? undefined : xml`<s:Subcode><s:Value>${detail}</s:Value></s:Subcode>`;
  const subcode = xml`<s:Subcode><s:Value>${fault}</s:Value>${inner}</s:Subcode>`;
  const code =
    fault === 'MustUnderstand' ? xml`<s:Value>s:${fault}</s:Value>` : xml`<s:Value>s:Sender</s:Value>${subcode}`;
  return xml`<s:Fault><s:Code>${code}</s:Code>
<s:Reason><s:Text xml:lang="en">${reason}</s:Text></s:Reason></s:Fault>`;
}
