import type { FilmSetting } from './film.ts';
import { noSnapshot, withProfile } from './media-service.ts';
import { sourceNumber } from './profiles.ts';
import { configurationXml, PTZ_CONFIGURATION } from './ptz-options.ts';
import type { CameraProfile, CameraView, SoapCall, SoapFault, SoapOperation, SoapService } from './soap-service.ts';
import { textsOf, type Xml, xml } from './xml.ts';

/** The ONVIF media service of version 2.0 ("Media2"), which knows H.265 and tells configurations only when asked. */

const OPERATIONS: ReadonlyMap<string, SoapOperation> = new Map<string, SoapOperation>([
  ['GetProfiles', { access: 'user', answer: profiles }],
  ['GetStreamUri', { access: 'user', answer: (call) => withProfile(call, (profile) => streamUri(call, profile)) }],
  ['GetSnapshotUri', { access: 'user', answer: snapshotUri }],
]);

export const media2Service: SoapService = {
  path: '/onvif/media2_service',
  namespace: 'http://www.onvif.org/ver20/media/wsdl',
  version: { major: 2, minor: 0 },
  capability: undefined,
  isAnnounced: (habits) => !habits.has('no-media2'),
  operations: OPERATIONS,
};

/** The parts of a profile by the `Type` that asks for them. */
const PARTS: ReadonlyMap<string, (profile: CameraProfile, camera: CameraView) => Xml | undefined> = new Map([
  ['VideoSource', videoSource],
  ['VideoEncoder', videoEncoder],
  ['AudioEncoder', audioEncoder],
  ['PTZ', ptz],
]);

function profiles({ camera, request }: SoapCall): Xml | SoapFault {
  if (camera.habits.has('media2-broken')) return { fault: 'webPage', reason: 'Internal Server Error' };
  const types = textsOf(request, 'Type');
  const [token] = textsOf(request, 'Token');
  const wanted = [...PARTS].filter(([type]) => types.includes(type) || types.includes('All')).map(([, part]) => part);
  const rows = camera.profiles
    .filter((profile) => token === undefined || profile.token === token)
    .map((profile) => {
      const parts = wanted.flatMap((part) => part(profile, camera) ?? []);
      return xml`<tr2:Profiles token="${profile.token}" fixed="true"><tr2:Name>${profile.token}</tr2:Name>
<tr2:Configurations>${parts}</tr2:Configurations></tr2:Profiles>`;
    });
  return xml`<tr2:GetProfilesResponse>${rows}</tr2:GetProfilesResponse>`;
}

function videoSource({ token, setting: { width, height } }: CameraProfile, { habits }: CameraView): Xml {
  const number = sourceNumber(token, habits.has('two-sources'));
  return xml`<tr2:VideoSource token="vsc${number}"><tt:Name>Source</tt:Name><tt:UseCount>2</tt:UseCount>
<tt:SourceToken>vs${number}</tt:SourceToken><tt:Bounds x="0" y="0" width="${width}" height="${height}"/></tr2:VideoSource>`;
}

const MEDIA2_VIDEO: Readonly<Record<FilmSetting['codec'], string>> = { H264: 'H264', H265: 'H265', MJPEG: 'JPEG' };

function videoEncoder({ token, setting }: CameraProfile): Xml {
  const { codec, width, height, framesPerSecond, bitsPerSecond, gopSeconds } = setting;
  return xml`<tr2:VideoEncoder token="ve-${token}" GovLength="${gopSeconds * framesPerSecond}" Profile="Main">
<tt:Name>${token}</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>${MEDIA2_VIDEO[codec]}</tt:Encoding>
<tt:Resolution><tt:Width>${width}</tt:Width><tt:Height>${height}</tt:Height></tt:Resolution>
<tt:RateControl ConstantBitRate="false"><tt:FrameRateLimit>${framesPerSecond}</tt:FrameRateLimit>
<tt:BitrateLimit>${Math.round(bitsPerSecond / 1000)}</tt:BitrateLimit></tt:RateControl><tt:Quality>4</tt:Quality>
</tr2:VideoEncoder>`;
}

const MEDIA2_AUDIO: Readonly<Record<FilmSetting['audio'], { encoding: string; kiloHertz: number } | undefined>> = {
  PCMU: { encoding: 'PCMU', kiloHertz: 8 },
  PCMA: { encoding: 'PCMA', kiloHertz: 8 },
  AAC: { encoding: 'MP4A-LATM', kiloHertz: 16 },
  none: undefined,
};

function audioEncoder({ token, setting: { audio } }: CameraProfile): Xml | undefined {
  const sound = MEDIA2_AUDIO[audio];
  return (
    sound &&
    xml`<tr2:AudioEncoder token="ae-${token}"><tt:Name>${token}</tt:Name><tt:UseCount>1</tt:UseCount>
<tt:Encoding>${sound.encoding}</tt:Encoding><tt:Bitrate>64</tt:Bitrate><tt:SampleRate>${sound.kiloHertz}</tt:SampleRate>
</tr2:AudioEncoder>`
  );
}

function ptz(_: CameraProfile, { habits }: CameraView): Xml | undefined {
  if (habits.has('no-ptz')) return undefined;
  return xml`<tr2:PTZ token="${PTZ_CONFIGURATION}">${configurationXml()}</tr2:PTZ>`;
}

function streamUri({ camera }: SoapCall, profile: CameraProfile): Xml {
  return xml`<tr2:GetStreamUriResponse><tr2:Uri>${camera.streamUri(profile)}</tr2:Uri></tr2:GetStreamUriResponse>`;
}

function snapshotUri(call: SoapCall): Xml | SoapFault {
  const { camera } = call;
  if (camera.habits.has('no-snapshot-uri')) return noSnapshot;
  return withProfile(
    call,
    (profile) =>
      xml`<tr2:GetSnapshotUriResponse><tr2:Uri>${camera.snapshotUri(profile)}</tr2:Uri></tr2:GetSnapshotUriResponse>`,
  );
}
