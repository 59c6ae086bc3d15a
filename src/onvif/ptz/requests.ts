import { z } from 'zod';
import { element, elements, number, text } from '../reply.ts';
import type { Operation } from '../soap.ts';
import { type Xml, xml } from '../xml.ts';
import { isZoom, type Vector } from './velocity.ts';

/** The PTZ service's operations as we use them. No addressing headers: on some cameras those break Stop. */

export interface Place {
  readonly x: number | undefined;
  readonly y: number | undefined;
  readonly zoom: number | undefined;
}

export interface CameraPreset {
  /** As the camera wrote it: `001` is not `1`. */
  readonly token: string;
  readonly name: string;
  /** Where it is, to be compared only; undefined where the camera does not say. */
  readonly place: string | undefined;
}

const nothing = z.unknown().transform(() => undefined);
const position = element({ PanTilt: element({ '@x': number, '@y': number }), Zoom: element({ '@x': number }) });

export interface MoveDetails {
  readonly vector: Vector;
  /** Whole seconds. */
  readonly timeout?: number | undefined;
  /** For cameras that want to be told what they have told. */
  readonly space?: string | undefined;
}

export function continuousMove(profile: string, { vector, timeout, space }: MoveDetails): Operation<undefined> {
  const after = timeout === undefined ? undefined : xml`<tptz:Timeout>PT${timeout}S</tptz:Timeout>`;
  return order(
    'ContinuousMove',
    xml`${profileToken(profile)}<tptz:Velocity>${vectorXml(vector, space)}</tptz:Velocity>${after}`,
  );
}

export function relativeMove(profile: string, { vector, space }: MoveDetails): Operation<undefined> {
  const by = xml`<tptz:Translation>${vectorXml(vector, space)}</tptz:Translation>`;
  return order('RelativeMove', xml`${profileToken(profile)}${by}`);
}

export function absoluteMove(profile: string, { vector, space }: MoveDetails): Operation<undefined> {
  return order('AbsoluteMove', xml`${profileToken(profile)}<tptz:Position>${vectorXml(vector, space)}</tptz:Position>`);
}

/** Which axes to stop; a Stop that names none means nothing to some cameras. */
export function stop(
  profile: string,
  axes: { readonly panTilt: boolean; readonly zoom: boolean },
): Operation<undefined> {
  const which = xml`<tptz:PanTilt>${String(axes.panTilt)}</tptz:PanTilt><tptz:Zoom>${String(axes.zoom)}</tptz:Zoom>`;
  return order('Stop', xml`${profileToken(profile)}${which}`);
}

export function getStatus(profile: string): Operation<Place> {
  return {
    service: 'ptz',
    name: 'GetStatus',
    arguments: profileToken(profile),
    reply: element({ PTZStatus: element({ Position: position }) }).transform(({ PTZStatus: { Position } }) => ({
      x: Position.PanTilt['@x'],
      y: Position.PanTilt['@y'],
      zoom: Position.Zoom['@x'],
    })),
  };
}

/** More than this is no list of presets. */
const MOST_PRESETS = 1024;

export function getPresets(profile: string): Operation<CameraPreset[]> {
  return {
    service: 'ptz',
    name: 'GetPresets',
    arguments: profileToken(profile),
    reply: element({ Preset: elements({ '@token': text, Name: text, PTZPosition: position }) }).transform(
      ({ Preset }) =>
        Preset.slice(0, MOST_PRESETS).flatMap(({ '@token': token, Name = '', PTZPosition: { PanTilt, Zoom } }) => {
          const place = [PanTilt['@x'], PanTilt['@y'], Zoom['@x']];
          const known = place.some((part) => part !== undefined);
          return token === undefined ? [] : [{ token, name: Name, place: known ? place.join(' ') : undefined }];
        }),
    ),
  };
}

/** The token of the new or overwritten preset; undefined where the camera does not say. */
export function setPreset(
  profile: string,
  { name, token }: { readonly name: string | undefined; readonly token: string | undefined },
): Operation<string | undefined> {
  const named = name === undefined ? undefined : xml`<tptz:PresetName>${name}</tptz:PresetName>`;
  const over = token === undefined ? undefined : xml`<tptz:PresetToken>${token}</tptz:PresetToken>`;
  return {
    service: 'ptz',
    name: 'SetPreset',
    arguments: xml`${profileToken(profile)}${named}${over}`,
    reply: element({ PresetToken: text }).transform(({ PresetToken }) => PresetToken),
  };
}

export function gotoPreset(profile: string, token: string): Operation<undefined> {
  return order('GotoPreset', presetOf(profile, token));
}

export function removePreset(profile: string, token: string): Operation<undefined> {
  return order('RemovePreset', presetOf(profile, token));
}

function order(name: string, args: Xml): Operation<undefined> {
  return { service: 'ptz', name, arguments: args, reply: nothing };
}

function presetOf(profile: string, token: string): Xml {
  return xml`${profileToken(profile)}<tptz:PresetToken>${token}</tptz:PresetToken>`;
}

function profileToken(profile: string): Xml {
  return xml`<tptz:ProfileToken>${profile}</tptz:ProfileToken>`;
}

function vectorXml(vector: Vector, space: string | undefined): Xml {
  const within = space === undefined ? undefined : xml` space="${space}"`;
  if (isZoom(vector)) return xml`<tt:Zoom x="${vector.zoom}"${within}/>`;
  return xml`<tt:PanTilt x="${vector.panTilt.x}" y="${vector.panTilt.y}"${within}/>`;
}
