import { setTimeout as delay } from 'node:timers/promises';
import type { SoapCall, SoapFault, SoapOperation } from './soap-service.ts';
import { childOf, textsOf, type Xml, type XmlTree, xml } from './xml.ts';

/** What changes the device or tells of its network; rows for the device service. */

export const DEVICE_ORDERS: ReadonlyArray<readonly [string, SoapOperation]> = [
  ['SystemReboot', { access: 'user', answer: reboot }],
  ['SetSystemDateAndTime', { access: 'user', answer: setDateAndTime }],
  ['GetNetworkDefaultGateway', { access: 'user', answer: gateway }],
  ['GetDNS', { access: 'user', answer: dns }],
];

const HANG_UP: SoapFault = { fault: 'hangUp', reason: 'Rebooting' };
const HANGS_MS = 1200;

async function reboot({ camera, signal }: SoapCall): Promise<Xml | SoapFault> {
  if (camera.habits.has('reboot-hangs-up')) {
    await delay(HANGS_MS, undefined, { signal }).catch(() => undefined);
    camera.reboot();
    return HANG_UP;
  }
  camera.reboot();
  return xml`<tds:SystemRebootResponse><tds:Message>Rebooting</tds:Message></tds:SystemRebootResponse>`;
}

/** Sets the clock to UTCDateTime, and the zone if there is one; from then on it runs at its own pace again. */
function setDateAndTime({ camera, request }: SoapCall): Xml | SoapFault {
  const utc = childOf(request, 'UTCDateTime');
  const wanted = moment(childOf(utc, 'Date'), childOf(utc, 'Time'));
  if (textsOf(request, 'DateTimeType')[0] !== 'Manual' || !Number.isFinite(wanted)) {
    return { fault: 'ter:InvalidArgVal', detail: 'ter:InvalidDateTime', reason: 'No such time' };
  }
  const [zone] = textsOf(childOf(request, 'TimeZone'), 'TZ');
  if (zone !== undefined && camera.habits.has('refuses-time-zone')) {
    return { fault: 'ter:InvalidArgVal', detail: 'ter:InvalidTimeZone', reason: 'No such zone' };
  }
  camera.habits.timeZone = zone ?? camera.habits.timeZone;
  camera.habits.clockSkewMs += wanted - camera.time().getTime();
  return xml`<tds:SetSystemDateAndTimeResponse/>`;
}

function moment(date: XmlTree | undefined, time: XmlTree | undefined): number {
  const part = (tree: XmlTree | undefined, name: string): number => Number(textsOf(tree, name)[0] ?? Number.NaN);
  const [year, month, day] = [part(date, 'Year'), part(date, 'Month'), part(date, 'Day')];
  return Date.UTC(year, month - 1, day, part(time, 'Hour'), part(time, 'Minute'), part(time, 'Second'));
}

function gateway(): Xml {
  return xml`<tds:GetNetworkDefaultGatewayResponse><tds:NetworkGateway><tt:IPv4Address>192.0.2.1</tt:IPv4Address></tds:NetworkGateway></tds:GetNetworkDefaultGatewayResponse>`;
}

function dns(): Xml {
  return xml`<tds:GetDNSResponse><tds:DNSInformation><tt:FromDHCP>false</tt:FromDHCP><tt:DNSManual><tt:Type>IPv4</tt:Type>
<tt:IPv4Address>192.0.2.53</tt:IPv4Address></tt:DNSManual></tds:DNSInformation></tds:GetDNSResponse>`;
}
