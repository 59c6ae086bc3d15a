import { DEVICE_ORDERS } from './device-orders.ts';
import type { CameraView, SoapOperation, SoapService } from './soap-service.ts';
import { type Xml, xml } from './xml.ts';

/** The ONVIF device service (ver10): who the camera is, what it offers and what time it has. */

const MINUTE_MS = 60_000;

const OPERATIONS: ReadonlyMap<string, SoapOperation> = new Map<string, SoapOperation>([
  ['GetSystemDateAndTime', { access: 'anyone', answer: ({ camera }) => dateAndTime(camera) }],
  ['GetServices', { access: 'anyone', answer: ({ camera }) => services(camera) }],
  ['GetCapabilities', { access: 'anyone', answer: ({ camera }) => capabilities(camera) }],
  ['GetDeviceInformation', { access: 'user', answer: ({ camera }) => deviceInformation(camera) }],
  ['GetScopes', { access: 'user', answer: ({ camera }) => scopes(camera) }],
  ['GetNetworkInterfaces', { access: 'user', answer: ({ camera }) => networkInterfaces(camera) }],
  ...DEVICE_ORDERS,
]);

export const deviceService: SoapService = {
  path: '/onvif/device_service',
  namespace: 'http://www.onvif.org/ver10/device/wsdl',
  version: { major: 2, minor: 6 },
  capability: (xaddr) => xml`<tt:Device><tt:XAddr>${xaddr}</tt:XAddr></tt:Device>`,
  isAnnounced: () => true,
  operations: OPERATIONS,
};

function dateAndTime({ time, habits }: CameraView): Xml {
  const now = time();
  const local = new Date(now.getTime() + eastMs(habits.timeZone));
  const utc = habits.has('no-utc') ? undefined : xml`<tt:UTCDateTime>${dateTime(now)}</tt:UTCDateTime>`;
  return xml`<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime>
<tt:DateTimeType>Manual</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings>
<tt:TimeZone><tt:TZ>${habits.timeZone}</tt:TZ></tt:TimeZone>${utc}<tt:LocalDateTime>${dateTime(local)}</tt:LocalDateTime>
</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>`;
}

/** How far a zone is east of UTC: POSIX counts to the west. */
function eastMs(zone: string): number {
  const [, sign = '', hours = '0', minutes = '0'] = /([+-]?)(\d+)(?::(\d+))?$/.exec(zone) ?? [];
  return (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? MINUTE_MS : -MINUTE_MS);
}

function dateTime(at: Date): Xml {
  return xml`<tt:Time><tt:Hour>${at.getUTCHours()}</tt:Hour><tt:Minute>${at.getUTCMinutes()}</tt:Minute>
<tt:Second>${at.getUTCSeconds()}</tt:Second></tt:Time><tt:Date><tt:Year>${at.getUTCFullYear()}</tt:Year>
<tt:Month>${at.getUTCMonth() + 1}</tt:Month><tt:Day>${at.getUTCDate()}</tt:Day></tt:Date>`;
}

function services(camera: CameraView): Xml {
  const hidden = camera.habits.has('ptz-capabilities-only') ? 'ptz' : undefined;
  const told = camera.services().filter(({ service }) => hidden === undefined || !service.path.includes(hidden));
  const rows = told.map(({ service: { namespace, version }, xaddr }) => {
    const { major, minor } = version;
    return xml`<tds:Service><tds:Namespace>${namespace}</tds:Namespace><tds:XAddr>${xaddr}</tds:XAddr>
<tds:Version><tt:Major>${major}</tt:Major><tt:Minor>${minor}</tt:Minor></tds:Version></tds:Service>`;
  });
  return xml`<tds:GetServicesResponse>${rows}</tds:GetServicesResponse>`;
}

function capabilities(camera: CameraView): Xml {
  const rows = camera.services().flatMap(({ service, xaddr }) => service.capability?.(xaddr) ?? []);
  return xml`<tds:GetCapabilitiesResponse><tds:Capabilities>${rows}</tds:Capabilities></tds:GetCapabilitiesResponse>`;
}

function deviceInformation({ identity: { serial } }: CameraView): Xml {
  return xml`<tds:GetDeviceInformationResponse><tds:Manufacturer>Virtual</tds:Manufacturer>
<tds:Model>Virtual camera</tds:Model><tds:FirmwareVersion>1.0.0</tds:FirmwareVersion>
<tds:SerialNumber>${serial}</tds:SerialNumber><tds:HardwareId>1.0</tds:HardwareId></tds:GetDeviceInformationResponse>`;
}

/** What discovery and GetScopes tell about a camera, percent-encoded. */
export function scopesOf({ name, mac }: CameraView['identity']): string[] {
  const facts: ReadonlyArray<readonly [string, string]> = [
    ['type', 'video_encoder'],
    ['Profile', 'Streaming'],
    ['name', name],
    ['hardware', 'Virtual camera'],
    ['mac', mac],
  ];
  return facts.map(([key, value]) => `onvif://www.onvif.org/${key}/${encodeURIComponent(value)}`);
}

function scopes({ identity }: CameraView): Xml {
  const rows = scopesOf(identity).map(
    (item) => xml`<tds:Scopes><tt:ScopeDef>Fixed</tt:ScopeDef><tt:ScopeItem>${item}</tt:ScopeItem></tds:Scopes>`,
  );
  return xml`<tds:GetScopesResponse>${rows}</tds:GetScopesResponse>`;
}

function networkInterfaces({ identity: { mac }, host }: CameraView): Xml {
  return xml`<tds:GetNetworkInterfacesResponse><tds:NetworkInterfaces token="eth0"><tt:Enabled>true</tt:Enabled>
<tt:Info><tt:Name>eth0</tt:Name><tt:HwAddress>${mac}</tt:HwAddress><tt:MTU>1500</tt:MTU></tt:Info>
<tt:IPv4><tt:Enabled>true</tt:Enabled><tt:Config>
<tt:Manual><tt:Address>${host}</tt:Address><tt:PrefixLength>24</tt:PrefixLength></tt:Manual><tt:DHCP>false</tt:DHCP>
</tt:Config></tt:IPv4></tds:NetworkInterfaces></tds:GetNetworkInterfacesResponse>`;
}
