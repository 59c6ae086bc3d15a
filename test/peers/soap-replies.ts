import { enveloped, fault, type SoapQuestion, type SoapReply } from './raw-soap-server.ts';

/** The replies of a camera with nothing wrong: H.264 in two sizes, PTZ, events. Tests bend one of them at a time. */

export function dateReply(date: Date, extra = ''): string {
  const time = `<tt:Time><tt:Hour>${date.getUTCHours()}</tt:Hour><tt:Minute>${date.getUTCMinutes()}</tt:Minute><tt:Second>${date.getUTCSeconds()}</tt:Second></tt:Time>`;
  const day = `<tt:Date><tt:Year>${date.getUTCFullYear()}</tt:Year><tt:Month>${date.getUTCMonth() + 1}</tt:Month><tt:Day>${date.getUTCDate()}</tt:Day></tt:Date>`;
  return enveloped(
    `<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings>${extra}<tt:UTCDateTime>${time}${day}</tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>`,
  );
}

function profile(token: string, width: number, height: number, kbits: number): string {
  return `<trt:Profiles token="${token}" fixed="true"><tt:Name>Profile ${token}</tt:Name><tt:VideoEncoderConfiguration token="v"><tt:Encoding>H264</tt:Encoding><tt:Resolution><tt:Width>${width}</tt:Width><tt:Height>${height}</tt:Height></tt:Resolution><tt:RateControl><tt:FrameRateLimit>25</tt:FrameRateLimit><tt:BitrateLimit>${kbits}</tt:BitrateLimit></tt:RateControl></tt:VideoEncoderConfiguration><tt:AudioEncoderConfiguration token="a"><tt:Encoding>G711</tt:Encoding></tt:AudioEncoderConfiguration><tt:PTZConfiguration token="ptz1"/></trt:Profiles>`;
}

const REPLIES: ReadonlyMap<string, (question: SoapQuestion) => string> = new Map([
  ['GetSystemDateAndTime', () => dateReply(new Date())],
  [
    'GetDeviceInformation',
    () =>
      enveloped(
        '<tds:GetDeviceInformationResponse><tds:Manufacturer>Acme &amp; Söhne</tds:Manufacturer><tds:Model>5.50</tds:Model><tds:FirmwareVersion>1.10</tds:FirmwareVersion><tds:SerialNumber>00012345678901234567890</tds:SerialNumber><tds:HardwareId>1</tds:HardwareId></tds:GetDeviceInformationResponse>',
      ),
  ],
  [
    'GetServices',
    () =>
      enveloped(
        '<tds:GetServicesResponse><tds:Service><tds:Namespace>http://www.onvif.org/ver10/device/wsdl</tds:Namespace><tds:XAddr>http://10.0.0.9/onvif/device_service</tds:XAddr></tds:Service><tds:Service><tds:Namespace>http://www.onvif.org/ver10/media/wsdl</tds:Namespace><tds:XAddr>http://10.0.0.9:81/onvif/media</tds:XAddr></tds:Service></tds:GetServicesResponse>',
      ),
  ],
  [
    'GetCapabilities',
    () =>
      enveloped(
        '<tds:GetCapabilitiesResponse><tds:Capabilities><tt:Media><tt:XAddr>http://10.0.0.9/onvif/media</tt:XAddr></tt:Media><tt:PTZ><tt:XAddr>http://10.0.0.9/onvif/ptz</tt:XAddr></tt:PTZ><tt:Events><tt:XAddr>http://10.0.0.9/onvif/events</tt:XAddr></tt:Events></tds:Capabilities></tds:GetCapabilitiesResponse>',
      ),
  ],
  [
    'GetProfiles',
    () =>
      enveloped(
        `<trt:GetProfilesResponse>${profile('002', 640, 360, 512)}${profile('001', 1920, 1080, 4096)}</trt:GetProfilesResponse>`,
      ),
  ],
  [
    'GetStreamUri',
    ({ text }: SoapQuestion) => {
      const token = /ProfileToken>([^<]*)</.exec(text)?.[1] ?? '';
      return enveloped(
        `<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>rtsp://admin:leak@0.0.0.0:554/live?p=${token}&amp;amp;x=1</tt:Uri></trt:MediaUri></trt:GetStreamUriResponse>`,
      );
    },
  ],
]);

/** The right reply to any question; a fault for what this camera doesn't know. */
export function rightReply(question: SoapQuestion): SoapReply {
  const body = REPLIES.get(question.operation)?.(question);
  return body === undefined
    ? { status: 400, body: fault('ter:ActionNotSupported', 'Optional Action Not Implemented') }
    : { body };
}

/** A camera that is right but for some operations. */
export function rightBut(bent: Readonly<Record<string, (question: SoapQuestion) => SoapReply>>) {
  return (question: SoapQuestion): SoapReply =>
    (Object.hasOwn(bent, question.operation) ? bent[question.operation] : undefined)?.(question) ??
    rightReply(question);
}
