import assert from 'node:assert/strict';
import { test } from 'node:test';
import { text } from '../../../src/onvif/reply.ts';
import { envelope, type Operation, verdict } from '../../../src/onvif/soap.ts';
import { usernameToken } from '../../../src/onvif/username-token.ts';
import { parseXml } from '../../../src/onvif/xml.ts';
import { GatewayError } from '../../../src/runtime/errors.ts';
import { Secret } from '../../../src/runtime/secret.ts';
import { enveloped, fault } from '../../peers/raw-soap-server.ts';

const hello: Operation<string | undefined> = { service: 'device', name: 'Hello', reply: text };
const answer = (said: string, prefix = 'tds'): string =>
  enveloped(`<${prefix}:HelloResponse>${said}</${prefix}:HelloResponse>`);
const SOAP_11 = (code: string, words: string): string =>
  `<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body><SOAP-ENV:Fault><faultcode>${code}</faultcode><faultstring>${words}</faultstring></SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>`;

/** What a reply comes to, in one line. */
function outcome(status: number, body: string): string {
  try {
    const said = verdict(hello, { status, text: body, challenges: [], date: undefined });
    return said.type === 'answer' ? `answer ${said.answer}` : `refusal ${said.said}`;
  } catch (err) {
    assert.ok(err instanceof GatewayError, String(err));
    return `${err.kind}: ${err.sentence}`;
  }
}

const REPLIES: readonly (readonly [string, number, string, string])[] = [
  ['an answer', 200, answer('001'), 'answer 001'],
  ['an answer with an undeclared prefix', 200, answer('x', 'tad'), 'answer x'],
  ['an answer between BOM and NUL', 200, `\uFEFF${answer('x')}\0\0garbage`, 'answer x'],
  ['an answer with a wrong status', 500, answer('x'), 'answer x'],
  [
    'a fault with 200',
    200,
    fault('ter:InvalidArgVal', 'No such token'),
    'camera-fault: camera answered with a fault: No such token',
  ],
  ['a fault with 500', 500, fault('ter:Action', 'Busy'), 'camera-fault: camera answered with a fault: Busy'],
  ['a fault of SOAP 1.1', 500, SOAP_11('SOAP-ENV:Client', 'Bad'), 'camera-fault: camera answered with a fault: Bad'],
  ['a refusal with 400', 400, fault('ter:NotAuthorized', 'Sender not Authorized'), 'refusal Sender not Authorized'],
  ['a refusal of WS-Security', 200, fault('wsse:FailedAuthentication', 'no'), 'refusal no'],
  ['a refusal in words only', 400, SOAP_11('x', 'Sender not authorized'), 'refusal Sender not authorized'],
  ['a bare 401', 401, '', 'refusal '],
  ['a web page with 401', 401, '<html>Login</html>', 'refusal '],
  ['a bare 403', 403, '', 'refusal '],
  [
    'a web page with 200',
    200,
    '<!DOCTYPE html><html></html>',
    'not-onvif: no ONVIF service at this address: a web page',
  ],
  ['a web page with 404', 404, '<html>404</html>', 'not-onvif: no ONVIF service at this address: not found'],
  ['a bare 404', 404, '', 'not-onvif: no ONVIF service at this address: not found'],
  ['a redirect', 302, '', 'not-onvif: no ONVIF service at this address: it sends us elsewhere'],
  ['JSON', 200, '{"error":1}', 'not-onvif: no ONVIF service at this address: not SOAP'],
  ['a bare 400', 400, '', 'camera-fault: camera does not support the operation'],
  ['a web page with 500', 500, '<html>oops</html>', 'camera-fault: camera failed to answer'],
  ['nothing', 200, '', 'camera-fault: camera sent a reply that makes no sense: empty'],
  ['half an answer', 200, answer('x').slice(0, -20), 'camera-fault: camera sent a reply that makes no sense: cut off'],
  [
    'the answer to another question',
    200,
    enveloped('<a:ByeResponse/>'),
    'camera-fault: camera sent a reply that makes no sense: not the answer to the question',
  ],
  [
    'an empty body',
    200,
    enveloped(''),
    'camera-fault: camera sent a reply that makes no sense: not the answer to the question',
  ],
  [
    'broken XML',
    200,
    '<Envelope><a><![CDATA[</a></Envelope>',
    'camera-fault: camera sent a reply that makes no sense: broken XML',
  ],
  [
    'a bomb',
    200,
    `<!DOCTYPE x [<!ENTITY a "b">]>${answer('&a;')}`,
    'camera-fault: camera sent a reply that makes no sense: a document type definition',
  ],
];
for (const [name, status, body, expected] of REPLIES) {
  test(`understands ${name}`, () => {
    assert.equal(outcome(status, body), expected);
  });
}

test('keeps the codes of a fault apart from its words, and both short', () => {
  const body = enveloped(
    `<Fault><Code><Value>s:Sender</Value><Subcode><Value>ter:InvalidArgVal</Value><Subcode><Value>ter:NoProfile</Value></Subcode></Subcode></Code><Reason><Text xml:lang="en">a\n\u0007b ${'x'.repeat(500)}</Text></Reason></Fault>`,
  );
  try {
    verdict(hello, { status: 500, text: body, challenges: [], date: undefined });
    assert.fail('no fault');
  } catch (err) {
    assert.ok(err instanceof GatewayError);
    const { reason, ...codes } = err.fields;
    assert.deepEqual(codes, { operation: 'Hello', code: 'Sender', subcode: 'InvalidArgVal/NoProfile' });
    assert.match(String(reason), /^a b x{116}$/);
  }
});

test('finds the code of a fault also where a server has put it into the detail', () => {
  const code = '<ter:fault><ter:subcode>ter:InvalidArgVal</ter:subcode></ter:fault>';
  const fault = `<Fault><Code><Value>s:Receiver</Value></Code><Reason><Text>no</Text></Reason><Detail>${code}</Detail></Fault>`;
  const reply = { status: 500, text: enveloped(fault), challenges: [], date: undefined };
  assert.throws(
    () => verdict(hello, reply),
    (err: unknown) => err instanceof GatewayError && err.fields['subcode'] === 'InvalidArgVal',
  );
});

test('makes the token of the ONVIF specification’s own example', () => {
  const credentials = { username: 'user', password: new Secret('userpassword') };
  const nonce = Buffer.from('LKqI6G/AikKCQrN0zqZFlg==', 'base64');
  const token = usernameToken(credentials, new Date('2010-09-16T07:50:45Z'), nonce).toString();
  assert.match(token, />tuOSpGlFlIXsozq4HFNeeGeFLEI=</);
  assert.match(token, /<wsu:Created>2010-09-16T07:50:45Z</);
});

test('writes an envelope that reads back as it was meant', () => {
  const credentials = { username: `<&'">ü`, password: new Secret('x') };
  const written = envelope(hello, usernameToken(credentials, new Date()));
  const tree = parseXml(written) as { Envelope: { Header: { Security: { UsernameToken: { Username: string } } } } };
  assert.equal(tree.Envelope.Header.Security.UsernameToken.Username, credentials.username);
});
