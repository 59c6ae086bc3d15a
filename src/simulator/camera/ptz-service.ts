import type { Position } from './ptz-head.ts';
import { getConfiguration, getOptions, spacesOf } from './ptz-options.ts';
import type { SoapCall, SoapFault, SoapOperation, SoapService } from './soap-service.ts';
import { childOf, textsOf, type Xml, xml } from './xml.ts';

/** The ONVIF PTZ service (ver20): moves the head of the camera and keeps its presets. */

type Answer = (call: SoapCall) => Xml | SoapFault;

const OPERATIONS: ReadonlyMap<string, SoapOperation> = new Map(
  Object.entries({
    GetConfigurations: getConfiguration,
    GetConfigurationOptions: getOptions,
    GetStatus: status,
    ContinuousMove: continuousMove,
    RelativeMove: relativeMove,
    AbsoluteMove: absoluteMove,
    Stop: stop,
    GetPresets: presets,
    SetPreset: setPreset,
    GotoPreset: gotoPreset,
    RemovePreset: removePreset,
  } satisfies Record<string, Answer>).map(([name, answer]) => [
    name,
    { access: 'user', answer: withProfile(name, answer) },
  ]),
);

export const ptzService: SoapService = {
  path: '/onvif/ptz_service',
  namespace: 'http://www.onvif.org/ver20/ptz/wsdl',
  version: { major: 2, minor: 4 },
  capability: (xaddr) => xml`<tt:PTZ><tt:XAddr>${xaddr}</tt:XAddr></tt:PTZ>`,
  isAnnounced: (habits) => !habits.has('no-ptz'),
  operations: OPERATIONS,
};

const NOT_SUPPORTED: SoapFault = { fault: 'ter:ActionNotSupported', reason: 'Not supported' };

function wrong(detail: string, reason = detail): SoapFault {
  return { fault: 'ter:InvalidArgVal', detail: `ter:${detail}`, reason };
}

/** Everything but the configurations is asked of a profile. */
function withProfile(name: string, answer: Answer): Answer {
  if (name.startsWith('GetConfiguration')) return answer;
  return (call) => {
    const [token] = textsOf(call.request, 'ProfileToken');
    const known = call.camera.profiles.some((profile) => profile.token === token);
    return known ? answer(call) : wrong('NoProfile', 'No such profile');
  };
}

/** The numbers of a vector, by axis, as far as they are there. */
function vectorOf(call: SoapCall, name: string): { vector: Partial<Position>; spaces: string[] } {
  const panTilt = childOf(call.request, name, 'PanTilt');
  const zoom = childOf(call.request, name, 'Zoom');
  const part = (tree: typeof zoom, attribute: string): number => Number(tree?.[attribute]);
  const vector = {
    ...(panTilt ? { pan: part(panTilt, '@x'), tilt: part(panTilt, '@y') } : {}),
    ...(zoom ? { zoom: part(zoom, '@x') } : {}),
  };
  const spaces = [panTilt, zoom].flatMap((tree) => (typeof tree?.['@space'] === 'string' ? [tree['@space']] : []));
  return { vector, spaces };
}

function continuousMove(call: SoapCall): Xml | SoapFault {
  const { camera, request } = call;
  const { habits, ptz } = camera;
  if (habits.has('ptz-relative-only') || habits.has('ptz-absolute-only')) return NOT_SUPPORTED;
  const { vector, spaces } = vectorOf(call, 'Velocity');
  const fault = vectorFault(call, { vector, spaces });
  if (fault) return fault;
  const [timeout] = textsOf(request, 'Timeout');
  if (timeout !== undefined && habits.has('ptz-refuses-timeout')) return wrong('TimeoutNotSupported');
  const seconds = Number(/^PT(\d+)S$/.exec(timeout ?? '')?.[1] ?? Number.POSITIVE_INFINITY);
  const limitMs = habits.has('ptz-ignores-timeout') ? Number.POSITIVE_INFINITY : seconds * 1000;
  const scale = habits.has('ptz-odd-range') ? 100 : 1;
  const turned = Object.entries(bent(call, vector)).map(([axis, part]) => [axis, part / scale] as const);
  ptz.turn(habits.has('ptz-adds-vectors') ? added(turned, ptz.velocity) : Object.fromEntries(turned), limitMs);
  if (habits.has('ptz-move-unanswered')) return { fault: 'hangUp', reason: 'Broken' };
  return xml`<tptz:ContinuousMoveResponse/>`;
}

function added(parts: ReadonlyArray<readonly [string, number]>, now: Position): Partial<Position> {
  const before = new Map(Object.entries(now));
  return Object.fromEntries(
    parts.map(([axis, part]) => [axis, Math.min(1, Math.max(-1, part + (before.get(axis) ?? 0)))]),
  );
}

/** What the camera's build makes of a vector. */
function bent({ camera: { habits } }: SoapCall, { pan, tilt, zoom }: Partial<Position>): Partial<Position> {
  const sign = habits.has('ptz-inverted') ? -1 : 1;
  const stuck = habits.has('ptz-one-axis') && pan !== 0 && tilt !== 0;
  return {
    ...(pan === undefined ? {} : { pan: stuck ? 0 : pan * sign }),
    ...(tilt === undefined ? {} : { tilt: stuck ? 0 : tilt * sign }),
    ...(zoom === undefined ? {} : { zoom }),
  };
}

function vectorFault(call: SoapCall, { vector, spaces }: ReturnType<typeof vectorOf>): SoapFault | undefined {
  const { habits } = call.camera;
  const parts = Object.values(vector);
  const most = habits.has('ptz-odd-range') ? 100 : 1;
  if (parts.length === 0 || parts.some((part) => !(Math.abs(part) <= most))) return wrong('InvalidVelocity');
  const both = vector.pan !== undefined && vector.zoom !== undefined;
  if (both && habits.has('ptz-one-element')) return wrong('InvalidVelocity', 'One element only');
  if (vector.zoom !== undefined && habits.has('ptz-no-zoom')) return wrong('InvalidVelocity', 'No zoom');
  const known = new Set(spacesOf(call.camera).map(({ uri }) => uri));
  const named = spaces.length > 0 && spaces.every((space) => known.has(space));
  if ((habits.has('ptz-wants-space') && !named) || (spaces.length > 0 && !named)) return wrong('SpaceNotSupported');
  return undefined;
}

function relativeMove(call: SoapCall): Xml | SoapFault {
  const { ptz, habits } = call.camera;
  if (!habits.has('ptz-relative-only')) return NOT_SUPPORTED;
  const { vector } = vectorOf(call, 'Translation');
  const { pan, tilt, zoom } = ptz.position;
  ptz.place({ pan: pan + (vector.pan ?? 0), tilt: tilt + (vector.tilt ?? 0), zoom: zoom + (vector.zoom ?? 0) });
  return xml`<tptz:RelativeMoveResponse/>`;
}

function absoluteMove(call: SoapCall): Xml | SoapFault {
  const { ptz, habits } = call.camera;
  if (!habits.has('ptz-absolute-only')) return NOT_SUPPORTED;
  ptz.place(vectorOf(call, 'Position').vector);
  return xml`<tptz:AbsoluteMoveResponse/>`;
}

function stop(call: SoapCall): Xml | SoapFault {
  const { camera, request, header } = call;
  const { habits, ptz } = camera;
  if (habits.has('ptz-no-stop')) return NOT_SUPPORTED;
  const asks = (axis: string): boolean => textsOf(request, axis)[0] === 'true';
  const { pan, tilt, zoom } = ptz.velocity;
  const still = { panTilt: pan === 0 && tilt === 0, zoom: zoom === 0 };
  const idle = (asks('PanTilt') && still.panTilt) || (asks('Zoom') && still.zoom);
  if (habits.has('ptz-stop-moving-axis') && ptz.isMoving && idle) return wrong('InvalidArgVal', 'Axis is not moving');
  const obeys =
    !habits.has('ptz-stop-ignored') && !(habits.has('ptz-refuses-addressing') && textsOf(header, 'Action').length > 0);
  if (obeys && asks('PanTilt')) ptz.turn({ pan: 0, tilt: 0 });
  if (obeys && asks('Zoom')) ptz.turn({ zoom: 0 });
  return xml`<tptz:StopResponse/>`;
}

function positionXml({ pan, tilt, zoom }: Position): Xml {
  return xml`<tt:PanTilt x="${pan.toFixed(3)}" y="${tilt.toFixed(3)}"/><tt:Zoom x="${zoom.toFixed(3)}"/>`;
}

function status({ camera: { ptz } }: SoapCall): Xml {
  return xml`<tptz:GetStatusResponse><tptz:PTZStatus><tt:Position>${positionXml(ptz.position)}</tt:Position></tptz:PTZStatus></tptz:GetStatusResponse>`;
}

function presets({ camera }: SoapCall): Xml {
  const rows = camera.presets.presets.map(
    ({ token, name, position }) =>
      xml`<tptz:Preset token="${token}"><tt:Name>${name}</tt:Name><tt:PTZPosition>${positionXml(position)}</tt:PTZPosition></tptz:Preset>`,
  );
  return xml`<tptz:GetPresetsResponse>${rows}</tptz:GetPresetsResponse>`;
}

function setPreset({ camera, request }: SoapCall): Xml | SoapFault {
  if (camera.habits.has('presets-stand-still') && camera.ptz.isMoving) return wrong('MovingPTZ');
  const [name] = textsOf(request, 'PresetName');
  const [token] = textsOf(request, 'PresetToken');
  const made = camera.presets.set({ name, token, position: camera.ptz.position });
  if (typeof made === 'string') return wrong(made);
  const told = camera.habits.has('presets-silent')
    ? undefined
    : xml`<tptz:PresetToken>${made.token}</tptz:PresetToken>`;
  return xml`<tptz:SetPresetResponse>${told}</tptz:SetPresetResponse>`;
}

function gotoPreset({ camera, request }: SoapCall): Xml | SoapFault {
  const preset = camera.presets.find(textsOf(request, 'PresetToken')[0] ?? '');
  if (!preset) return wrong('NoToken');
  camera.ptz.turn({ pan: 0, tilt: 0, zoom: 0 });
  camera.ptz.place(preset.position);
  return xml`<tptz:GotoPresetResponse/>`;
}

function removePreset({ camera, request }: SoapCall): Xml | SoapFault {
  if (camera.habits.has('presets-fixed')) return NOT_SUPPORTED;
  const removed = camera.presets.remove(textsOf(request, 'PresetToken')[0] ?? '');
  return removed ? xml`<tptz:RemovePresetResponse/>` : wrong('NoToken');
}
