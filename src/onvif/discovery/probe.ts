import { type Xml, xml } from '../xml.ts';

/** The kinds of probe; each wakes cameras that the others don't. */
export const PROBE_KINDS = ['NetworkVideoTransmitter', 'Device', 'any'] as const;
export type ProbeKind = (typeof PROBE_KINDS)[number];

const TYPES: Readonly<Record<ProbeKind, string>> = {
  NetworkVideoTransmitter: 'dn:NetworkVideoTransmitter',
  Device: 'tds:Device',
  any: '',
};

const MESSAGES = 'http://schemas.xmlsoap.org/ws/2005/04/discovery';

/** One WS-Discovery (2005/04) probe. Repeats carry the same message id, so that a camera answers once. */
export function probe(kind: ProbeKind, messageId: string): Buffer {
  const types = TYPES[kind] === '' ? undefined : xml`<d:Types>${TYPES[kind]}</d:Types>`;
  return message('Probe', messageId, types);
}

/** Asks a device that gave its endpoint and no address for that. */
export function resolve(endpoint: string, messageId: string): Buffer {
  const whom = xml`<a:EndpointReference><a:Address>${endpoint}</a:Address></a:EndpointReference>`;
  return message('Resolve', messageId, whom);
}

function message(action: 'Probe' | 'Resolve', messageId: string, content: Xml | undefined): Buffer {
  const name = `d:${action}`;
  const text = xml`<?xml version="1.0" encoding="UTF-8"?>
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl" xmlns:tds="http://www.onvif.org/ver10/device/wsdl"><s:Header><a:Action>${MESSAGES}/${action}</a:Action><a:MessageID>urn:uuid:${messageId}</a:MessageID><a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo><a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></s:Header><s:Body><${name}>${content}</${name}></s:Body></s:Envelope>`;
  return Buffer.from(text.toString());
}
