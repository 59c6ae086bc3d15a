import { xml } from '../xml.ts';

/** The kinds of probe; each wakes cameras that the others don't. */
export const PROBE_KINDS = ['NetworkVideoTransmitter', 'Device', 'any'] as const;
export type ProbeKind = (typeof PROBE_KINDS)[number];

const TYPES: Readonly<Record<ProbeKind, string>> = {
  NetworkVideoTransmitter: 'dn:NetworkVideoTransmitter',
  Device: 'tds:Device',
  any: '',
};

/** One WS-Discovery (2005/04) probe. Repeats carry the same message id, so that a camera answers once. */
export function probe(kind: ProbeKind, messageId: string): Buffer {
  const types = TYPES[kind] === '' ? undefined : xml`<d:Types>${TYPES[kind]}</d:Types>`;
  const message = xml`<?xml version="1.0" encoding="UTF-8"?>
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl" xmlns:tds="http://www.onvif.org/ver10/device/wsdl"><s:Header><a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action><a:MessageID>urn:uuid:${messageId}</a:MessageID><a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo><a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></s:Header><s:Body><d:Probe>${types}</d:Probe></s:Body></s:Envelope>`;
  return Buffer.from(message.toString());
}
