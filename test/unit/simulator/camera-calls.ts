import { createHash, randomBytes } from 'node:crypto';
import { Secret } from '../../../src/runtime/secret.ts';
import { VirtualCamera, type VirtualCameraOptions } from '../../../src/simulator/camera/camera.ts';
import { readableLog } from '../../peers/readable-log.ts';

/** A camera and raw HTTP to it: what these tests say on the wire is made here, by nothing the camera uses itself. */

export const PASSWORD = 'pass&word ü';
export const CAMERA: VirtualCameraOptions = {
  name: 'Front & <door>',
  serial: 'VC-0001',
  mac: '02:00:00:00:00:01',
  username: 'admin',
  password: new Secret(PASSWORD),
  sub: { codec: 'H265', audio: 'AAC' },
};

/** A running camera, and the end of it. */
export async function cameraForTests(options: Partial<VirtualCameraOptions> = {}) {
  const stop = new AbortController();
  const camera = await VirtualCamera.start({ ...CAMERA, ...options }, { signal: stop.signal, log: readableLog().log });
  const close = async (): Promise<void> => {
    stop.abort();
    await camera.close();
  };
  return { camera, close };
}

export interface Token {
  readonly username?: string;
  readonly password?: string;
  readonly created?: Date;
  readonly nonce?: Buffer;
}

/** A WS-Security header as the UsernameToken profile wants it. */
export function wsse({
  username = 'admin',
  password = PASSWORD,
  created = new Date(),
  nonce = randomBytes(16),
}: Token = {}): string {
  const at = created.toISOString();
  const digest = createHash('sha1').update(nonce).update(at).update(password).digest('base64');
  return `<Security xmlns="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"><UsernameToken>
<Username>${username}</Username><Password Type="PasswordDigest">${digest}</Password>
<Nonce>${nonce.toString('base64')}</Nonce><Created>${at}</Created></UsernameToken></Security>`;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly challenges: string | null;
}

export interface Call {
  readonly service?: 'device' | 'media' | 'media2';
  readonly header?: string;
  readonly authorization?: string;
  readonly signal?: AbortSignal;
}

/** Sends `<operation/>`, given with or without content, to one service. */
export async function call(camera: VirtualCamera, operation: string, options: Call = {}): Promise<Reply> {
  const { service = 'device', header = wsse(), authorization, signal } = options;
  const element = operation.startsWith('<') ? operation : `<${operation}/>`;
  const answer = await fetch(`http://127.0.0.1:${camera.onvifPort}/onvif/${service}_service`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/soap+xml', ...(authorization === undefined ? {} : { authorization }) },
    body: `<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Header>${header}</e:Header><e:Body>${element}</e:Body></e:Envelope>`,
    ...(signal ? { signal } : {}),
  });
  return { status: answer.status, text: await answer.text(), challenges: answer.headers.get('www-authenticate') };
}

export interface DigestClaim {
  readonly challenge: string;
  readonly method: string;
  readonly target: string;
  readonly password?: string;
}

/** The Authorization header that answers the first Digest challenge, with its algorithm, and qop=auth where offered. */
export function digestFor({ challenge, method, target, password = PASSWORD }: DigestClaim): string {
  const of = (name: string): string => new RegExp(`${name}="?([^",]+)`, 'i').exec(challenge)?.[1] ?? '';
  const hash = (text: string): string =>
    createHash(of('algorithm') === 'SHA-256' ? 'sha256' : 'md5')
      .update(text)
      .digest('hex');
  const [realm, nonce] = [of('realm'), of('nonce')];
  const middle = /qop=/.test(challenge) ? `${nonce}:00000001:abcdef:auth` : nonce;
  const response = hash(`${hash(`admin:${realm}:${password}`)}:${middle}:${hash(`${method}:${target}`)}`);
  const qop = /qop=/.test(challenge) ? ', qop=auth, nc=00000001, cnonce="abcdef"' : '';
  return `Digest username="admin", realm="${realm}", nonce="${nonce}", uri="${target}", algorithm=${of('algorithm')}, response="${response}"${qop}`;
}
