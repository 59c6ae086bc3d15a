import type { FilmSetting } from './film.ts';
import { sourceNumber } from './profiles.ts';
import { configurationXml, PTZ_CONFIGURATION } from './ptz-options.ts';
import type { CameraProfile, CameraView, SoapCall, SoapFault, SoapOperation, SoapService } from './soap-service.ts';
import { textsOf, type Xml, xml } from './xml.ts';

/** The ONVIF media service (ver10, "Media1"), which knows H.264 and JPEG but not H.265. */

const OPERATIONS: ReadonlyMap<string, SoapOperation> = new Map<string, SoapOperation>([
  ['GetProfiles', { access: 'user', answer: ({ camera }) => profiles(camera) }],
  [
    'GetProfile',
    { access: 'user', answer: (call) => withProfile(call, (profile) => oneProfile(call.camera, profile)) },
  ],
  ['GetVideoSources', { access: 'user', answer: ({ camera }) => videoSources(camera) }],
  [
    'GetStreamUri',
    { access: 'user', answer: (call) => withProfile(call, (profile) => streamUri(call.camera, profile)) },
  ],
  ['GetSnapshotUri', { access: 'user', answer: (call) => snapshotUri(call) }],
]);

export const mediaService: SoapService = {
  path: '/onvif/media_service',
  namespace: 'http://www.onvif.org/ver10/media/wsdl',
  version: { major: 2, minor: 6 },
  capability: (xaddr) => xml`<tt:Media><tt:XAddr>${xaddr}</tt:XAddr><tt:StreamingCapabilities>
<tt:RTPMulticast>false</tt:RTPMulticast><tt:RTP_TCP>true</tt:RTP_TCP><tt:RTP_RTSP_TCP>true</tt:RTP_RTSP_TCP>
</tt:StreamingCapabilities></tt:Media>`,
  isAnnounced: () => true,
  operations: OPERATIONS,
};

/** What `answer` makes of the profile that the call names, or the fault for one that does not exist. */
export function withProfile({ camera, request }: SoapCall, answer: (profile: CameraProfile) => Xml): Xml | SoapFault {
  const [token] = textsOf(request, 'ProfileToken');
  const profile = camera.profiles.find((each) => each.token === token);
  return profile ? answer(profile) : { fault: 'ter:InvalidArgVal', reason: 'No such profile' };
}

export const noSnapshot: SoapFault = { fault: 'ter:ActionNotSupported', reason: 'No snapshots' };

function profiles(camera: CameraView): Xml {
  const rows = camera.profiles.map((profile) => profileAs('Profiles', camera, profile));
  return xml`<trt:GetProfilesResponse>${rows}</trt:GetProfilesResponse>`;
}

function oneProfile(camera: CameraView, profile: CameraProfile): Xml {
  return xml`<trt:GetProfileResponse>${profileAs('Profile', camera, profile)}</trt:GetProfileResponse>`;
}

function profileAs(element: 'Profile' | 'Profiles', { habits }: CameraView, { token, setting }: CameraProfile): Xml {
  const number = sourceNumber(token, habits.has('two-sources'));
  const source = habits.has('no-video-sources') ? undefined : sourceConfiguration(number, setting);
  const encoder = habits.has('no-video-encoder') ? undefined : encoderConfiguration(token, setting);
  const ptz =
    habits.has('no-ptz') || habits.has('ptz-media2-only')
      ? undefined
      : xml`<tt:PTZConfiguration token="${PTZ_CONFIGURATION}">${configurationXml()}</tt:PTZConfiguration>`;
  const inner = xml`<tt:Name>${token}</tt:Name>${source}${encoder}${audioConfiguration(token, setting)}${ptz}`;
  // The element's name is one of ours, so that only the parts need escaping.
  return element === 'Profile'
    ? xml`<trt:Profile token="${token}" fixed="true">${inner}</trt:Profile>`
    : xml`<trt:Profiles token="${token}" fixed="true">${inner}</trt:Profiles>`;
}

function sourceConfiguration(number: number, { width, height }: FilmSetting): Xml {
  return xml`<tt:VideoSourceConfiguration token="vsc${number}"><tt:Name>Source</tt:Name><tt:UseCount>2</tt:UseCount>
<tt:SourceToken>vs${number}</tt:SourceToken><tt:Bounds x="0" y="0" width="${width}" height="${height}"/>
</tt:VideoSourceConfiguration>`;
}

const MEDIA1_VIDEO: Readonly<Record<FilmSetting['codec'], string | undefined>> = {
  H264: 'H264',
  H265: undefined,
  MJPEG: 'JPEG',
};

const MEDIA1_AUDIO: Readonly<Record<FilmSetting['audio'], { encoding: string; kiloHertz: number } | undefined>> = {
  PCMU: { encoding: 'G711', kiloHertz: 8 },
  PCMA: { encoding: 'G711', kiloHertz: 8 },
  AAC: { encoding: 'AAC', kiloHertz: 16 },
  none: undefined,
};

function encoderConfiguration(token: string, setting: FilmSetting): Xml | undefined {
  const encoding = MEDIA1_VIDEO[setting.codec];
  if (encoding === undefined) return undefined;
  const { width, height, framesPerSecond, bitsPerSecond, gopSeconds } = setting;
  const h264 =
    encoding === 'H264'
      ? xml`<tt:H264><tt:GovLength>${gopSeconds * framesPerSecond}</tt:GovLength><tt:H264Profile>Main</tt:H264Profile></tt:H264>`
      : undefined;
  return xml`<tt:VideoEncoderConfiguration token="ve-${token}"><tt:Name>${token}</tt:Name><tt:UseCount>1</tt:UseCount>
<tt:Encoding>${encoding}</tt:Encoding>
<tt:Resolution><tt:Width>${width}</tt:Width><tt:Height>${height}</tt:Height></tt:Resolution><tt:Quality>4</tt:Quality>
<tt:RateControl><tt:FrameRateLimit>${framesPerSecond}</tt:FrameRateLimit><tt:EncodingInterval>1</tt:EncodingInterval>
<tt:BitrateLimit>${Math.round(bitsPerSecond / 1000)}</tt:BitrateLimit></tt:RateControl>${h264}
<tt:SessionTimeout>PT60S</tt:SessionTimeout></tt:VideoEncoderConfiguration>`;
}

function audioConfiguration(token: string, { audio }: FilmSetting): Xml | undefined {
  const sound = MEDIA1_AUDIO[audio];
  return (
    sound &&
    xml`<tt:AudioEncoderConfiguration token="ae-${token}"><tt:Name>${token}</tt:Name><tt:UseCount>1</tt:UseCount>
<tt:Encoding>${sound.encoding}</tt:Encoding><tt:Bitrate>64</tt:Bitrate><tt:SampleRate>${sound.kiloHertz}</tt:SampleRate>
<tt:SessionTimeout>PT60S</tt:SessionTimeout></tt:AudioEncoderConfiguration>`
  );
}

function videoSources({ habits, profiles }: CameraView): Xml {
  const isRecorder = habits.has('two-sources');
  const shown = habits.has('no-video-sources') ? [] : isRecorder ? profiles : profiles.slice(0, 1);
  const sources = shown.map(
    ({ token, setting: { framesPerSecond, width, height } }) =>
      xml`<trt:VideoSources token="vs${sourceNumber(token, isRecorder)}"><tt:Framerate>${framesPerSecond}</tt:Framerate><tt:Resolution>
<tt:Width>${width}</tt:Width><tt:Height>${height}</tt:Height></tt:Resolution></trt:VideoSources>`,
  );
  return xml`<trt:GetVideoSourcesResponse>${sources}</trt:GetVideoSourcesResponse>`;
}

function streamUri(camera: CameraView, profile: CameraProfile): Xml {
  return xml`<trt:GetStreamUriResponse>${mediaUri(camera.streamUri(profile))}</trt:GetStreamUriResponse>`;
}

function snapshotUri(call: SoapCall): Xml | SoapFault {
  const { camera } = call;
  if (camera.habits.has('no-snapshot-uri')) return noSnapshot;
  return withProfile(
    call,
    (profile) => xml`<trt:GetSnapshotUriResponse>${mediaUri(camera.snapshotUri(profile))}</trt:GetSnapshotUriResponse>`,
  );
}

function mediaUri(uri: string): Xml {
  return xml`<trt:MediaUri><tt:Uri>${uri}</tt:Uri><tt:InvalidAfterConnect>false</tt:InvalidAfterConnect>
<tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT0S</tt:Timeout></trt:MediaUri>`;
}
