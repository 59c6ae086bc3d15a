import { deviceService } from './device-service.ts';
import { eventService } from './event-service.ts';
import type { ChallengeStyle, HttpDigest, Verdict } from './http-digest.ts';
import type { HttpReply, HttpRequest } from './http-server.ts';
import { mediaService } from './media-service.ts';
import { media2Service } from './media2-service.ts';
import { ptzService } from './ptz-service.ts';
import { envelopeWith, faultBody, openEnvelope, type SoapRequest } from './soap-envelope.ts';
import { type CameraView, isFault, type SoapFault, type SoapOperation, type SoapService } from './soap-service.ts';
import type { WsSecurity } from './ws-security.ts';
import { childOf } from './xml.ts';

/** Every service the camera has. Adding one is one row. */
export const SERVICES: readonly SoapService[] = [deviceService, mediaService, media2Service, ptzService, eventService];

export interface SoapDeskParts {
  readonly camera: CameraView;
  readonly wsSecurity: WsSecurity;
  readonly digest: HttpDigest;
}

export interface SoapCounts {
  readonly calls: number;
  readonly authFailures: number;
  /** Requests that carried a login, right or wrong. */
  readonly logins: number;
  /** By the operation's name, those included that were refused. */
  readonly operations: ReadonlyMap<string, number>;
}

const STYLE: ChallengeStyle = { scheme: 'Digest', algorithms: ['MD5'], qop: 'auth', basic: false };
const SOAP_TYPE = 'application/soap+xml; charset=utf-8';
const NOT_AUTHORIZED: SoapFault = { fault: 'ter:NotAuthorized', reason: 'Sender not authorized' };
const NOT_SOAP: SoapFault = { fault: 'ter:WellFormed', reason: 'Not a SOAP request' };
const NOT_FOUND: HttpReply = { kind: 'other', status: 404, contentType: 'text/html', body: '<h1>Not Found</h1>' };
const IDENTITY_QUESTIONS: ReadonlySet<string> = new Set(['GetDeviceInformation', 'GetNetworkInterfaces']);
const UNKNOWN: SoapFault = { fault: 'ter:ActionNotSupported', reason: 'Optional action not implemented' };

/** Answers SOAP requests: opens them, checks the login, finds the operation's row. Knows HTTP replies, not sockets. */
export class SoapDesk {
  readonly #parts: SoapDeskParts;
  readonly #operations = new Map<string, number>();
  #calls = 0;
  #authFailures = 0;
  #logins = 0;

  constructor(parts: SoapDeskParts) {
    this.#parts = parts;
  }

  get counts(): SoapCounts {
    return {
      calls: this.#calls,
      authFailures: this.#authFailures,
      logins: this.#logins,
      operations: new Map(this.#operations),
    };
  }

  async answer(http: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
    const { camera } = this.#parts;
    const service = SERVICES.find(({ path }) => path === http.target.split('?')[0]);
    const soap = openEnvelope(http.body);
    if (!service?.isAnnounced(camera.habits)) return NOT_FOUND;
    if (!soap) return faultReply(NOT_SOAP);
    this.#count(soap.operation);
    if (http.authorization !== undefined || childOf(soap.envelope, 'Header', 'Security')) this.#logins += 1;
    const operation = service.operations.get(soap.operation);
    const refusal = this.#refusal(this.#access(operation, soap.operation), http, soap);
    if (refusal) return refusal;
    if (!operation) return faultReply(UNKNOWN);
    const header = childOf(soap.envelope, 'Header');
    const answer = await operation.answer({ camera, request: soap.request, header, target: http.target, signal });
    if (isFault(answer)) return faultReply(answer);
    return { kind: 'soap', status: 200, contentType: SOAP_TYPE, body: envelopeWith(answer) };
  }

  /** The 401 of a camera that asks for HTTP authentication; undefined when the right one is there. */
  httpRefusal({ authorization, method, target }: HttpRequest): HttpReply | undefined {
    const verdict = this.#parts.digest.verdict({ authorization, method, target });
    return this.#judged(verdict) ? undefined : this.#challenge();
  }

  #access(operation: SoapOperation | undefined, name: string): SoapOperation['access'] {
    const open = this.#parts.camera.habits.has('open-identity') && IDENTITY_QUESTIONS.has(name);
    return open ? 'anyone' : (operation?.access ?? 'user');
  }

  #refusal(access: SoapOperation['access'], http: HttpRequest, { envelope }: SoapRequest): HttpReply | undefined {
    const { wsSecurity, camera } = this.#parts;
    const isEverywhere = camera.habits.has('digest-everywhere');
    if (access === 'anyone' && !isEverywhere) return undefined;
    if (isEverywhere || camera.habits.has('http-digest') || http.authorization !== undefined) {
      return this.httpRefusal(http);
    }
    return this.#judged(wsSecurity.verdict(envelope)) ? undefined : faultReply(NOT_AUTHORIZED);
  }

  #judged(verdict: Verdict): boolean {
    if (verdict === 'wrong') this.#authFailures += 1;
    return verdict === 'right';
  }

  #challenge(): HttpReply {
    const { digest, camera } = this.#parts;
    const challenges = digest.challenges(camera.habits.challenge(STYLE));
    return {
      kind: 'other',
      status: 401,
      contentType: SOAP_TYPE,
      body: envelopeWith(faultBody(NOT_AUTHORIZED)),
      challenges,
    };
  }

  #count(operation: string): void {
    this.#calls += 1;
    if (this.#operations.size < 256) this.#operations.set(operation, (this.#operations.get(operation) ?? 0) + 1);
  }
}

/** HTTP 400 is what ONVIF and SOAP 1.2 want for a fault of the sender's. */
function faultReply(fault: SoapFault): HttpReply {
  if (fault.fault === 'hangUp') return { kind: 'other', status: 500, contentType: SOAP_TYPE, body: '', hangsUp: true };
  if (fault.fault === 'webPage') {
    return {
      kind: 'soap',
      status: 500,
      contentType: 'text/html',
      body: `<html><body><h1>${fault.reason}</h1></body></html>`,
    };
  }
  const unsupported = fault.fault === 'ter:ActionNotSupported';
  return { kind: 'soap', status: 400, contentType: SOAP_TYPE, body: envelopeWith(faultBody(fault)), unsupported };
}
