import { createHash, randomBytes } from 'node:crypto';
import type { Credentials } from '../channel/ports.ts';
import { type Xml, xml } from './xml.ts';

const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
const PROFILE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0';
const ENCODING = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary';

/**
 * The WS-Security header with a UsernameToken PasswordDigest, made at `now` on the camera's own clock. Whole seconds:
 * the standard allows milliseconds, not every camera does.
 */
export function usernameToken(credentials: Credentials, now: Date, nonce: Buffer = randomBytes(16)): Xml {
  const created = `${now.toISOString().slice(0, 19)}Z`;
  const digest = createHash('sha1')
    .update(nonce)
    .update(created)
    .update(credentials.password.reveal())
    .digest('base64');
  return xml`<wsse:Security xmlns:wsse="${WSSE}" xmlns:wsu="${WSU}" s:mustUnderstand="1"><wsse:UsernameToken><wsse:Username>${
    credentials.username
  }</wsse:Username><wsse:Password Type="${PROFILE}#PasswordDigest">${digest}</wsse:Password><wsse:Nonce EncodingType="${ENCODING}">${nonce.toString(
    'base64',
  )}</wsse:Nonce><wsu:Created>${created}</wsu:Created></wsse:UsernameToken></wsse:Security>`;
}
