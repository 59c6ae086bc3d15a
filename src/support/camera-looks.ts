import type { Logger } from 'pino';
import type { CameraPicture, CameraStream } from '../channel/ports.ts';
import type { ChannelConfig } from '../config/schema.ts';
import { cameraFor } from '../gateway/cameras.ts';
import { describe } from '../media/rtsp/client.ts';
import type { ProbeHost } from '../onvif/discovery/probe-host.ts';
import { placeOf } from '../onvif/endpoint.ts';
import type { Survey } from '../onvif/survey/report.ts';
import { survey } from '../onvif/survey/survey.ts';
import type { Clock } from '../runtime/clock.ts';
import { GatewayError, isKind } from '../runtime/errors.ts';
import { type Finding, failed, found } from './finding.ts';
import type { OneLook } from './one-look.ts';

/** Looks at the camera of one channel: one finding for each thing that a person may have to mend there. */

export interface CameraLookParts {
  readonly cameras: OneLook;
  readonly probe: ProbeHost;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Long enough to see that a subscription stands; what a camera sends is not waited for. */
const EVENTS_MS = 1_500;
/** More than this and the times in its picture, its log and its events are wrong for people. */
const CLOCK_OFF_MS = 60_000;
const LIVE_AS_IT_IS = 'H264';

export const nameOf = ({ channel, name }: ChannelConfig): string => `channel ${channel} ${name ?? ''}`.trim();

/** @throws GatewayError where the camera cannot be looked at, at all */
export async function lookAtCamera(entry: ChannelConfig, parts: CameraLookParts, signal: AbortSignal) {
  const name = nameOf(entry);
  const findings = entry.onvif ? await byOnvif(entry, name, parts, signal) : await byRtsp(entry, name, parts, signal);
  return findings.map((finding) => ({ ...finding, channel: entry.channel }));
}

async function byRtsp(entry: ChannelConfig, name: string, { clock, log }: CameraLookParts, signal: AbortSignal) {
  const picture: CameraPicture = await cameraFor(entry, { clock, log, finder: undefined }).info(signal);
  return [found(`${name}: camera`, 'answers, and takes the login'), video(name, entry, picture.streams)];
}

async function byOnvif(entry: ChannelConfig, name: string, parts: CameraLookParts, signal: AbortSignal) {
  const { clock, log, probe } = parts;
  const credentials = entry.onvif?.credentials;
  const finder = await parts.cameras.finderFor(entry);
  if (!finder) throw new GatewayError('config-invalid', 'a channel needs onvif or rtsp');
  const device = await finder.find(signal).catch((err: unknown) => {
    if (isKind(err, 'camera-unauthorized')) return err;
    throw err;
  });
  if (device instanceof GatewayError) return [failed(`${name}: login`, device)];
  const place = placeOf(device);
  const told = (url: URL, login: typeof credentials, life: AbortSignal) => describe(url, login, clock, life);
  const seen = await survey(place, { credentials, describe: told, probe, eventsMs: EVENTS_MS, clock, log }, signal);
  const login = seen.faults['login'];
  const who = found(`${name}: camera`, whoWords(seen));
  if (login !== undefined) return [who, failedPart(`${name}: login`, login, LOGIN_ADVICE)];
  return [
    who,
    found(`${name}: login`, credentials ? 'accepted' : 'none is needed'),
    cameraClock(name, seen),
    video(name, entry, seen.streams, seen.faults['profiles'] ?? seen.faults['streams'] ?? seen.faults['services']),
    ptz(name, seen),
    events(name, entry, seen),
    snapshot(name, seen),
  ];
}

const LOGIN_ADVICE = 'set user name and password of the channel; on many cameras ONVIF has users of its own';

const failedPart = (what: string, words: string, advice: string): Finding =>
  found(what, words, { verdict: 'fail', advice });

function whoWords({ device, identity, address }: Survey): string {
  const { manufacturer, model } = device ?? identity;
  const who = `${manufacturer} ${model} ${device?.firmware ?? ''}`.trim();
  return `${who === '' ? 'answers' : who}, at ${new URL(address).host}`;
}

function cameraClock(name: string, { clockOffsetMs }: Survey): Finding {
  const what = `${name}: clock`;
  if (clockOffsetMs === undefined) return found(what, 'cannot be read');
  const words = `${Math.round(clockOffsetMs / 1000) || 0} s off`;
  if (Math.abs(clockOffsetMs) < CLOCK_OFF_MS) return found(what, words);
  return found(what, words, { verdict: 'note', advice: 'give the camera a time server, or let the platform set it' });
}

function video(name: string, entry: ChannelConfig, streams: readonly StreamWords[], fault?: string): Finding {
  const what = `${name}: video`;
  if (streams.length === 0) {
    const advice = 'set one of the camera’s video streams to H.264 or H.265';
    return failedPart(what, fault ?? 'the camera offers none', advice);
  }
  const words = streams.map(streamWords).join('; ');
  const { profile, video: treatment } = entry.live;
  if (profile !== 'auto' && !streams.some((stream) => stream.profile === profile))
    return failedPart(what, `no profile ${profile}; there are: ${words}`, 'correct live.profile, or leave it out');
  const copied = treatment === 'transcode' ? false : streams.some((stream) => stream.video === LIVE_AS_IT_IS);
  if (copied) return found(what, words);
  const advice = 'set its second stream to H.264: live views are transcoded now, which few can be at once';
  return found(what, words, { verdict: 'note', advice });
}

type StreamWords = Pick<
  CameraStream,
  'profile' | 'name' | 'video' | 'audio' | 'width' | 'height' | 'framesPerSecond' | 'bitsPerSecond'
>;

function streamWords({
  name,
  video: codec,
  width,
  height,
  framesPerSecond,
  bitsPerSecond,
  audio,
}: StreamWords): string {
  const size = width === undefined || height === undefined ? '' : ` ${width}x${height}`;
  const pace = framesPerSecond === undefined ? '' : ` ${framesPerSecond}/s`;
  const rate = bitsPerSecond === undefined ? '' : ` ${(bitsPerSecond / 1e6).toFixed(1)} Mbit/s`;
  return `${name}: ${codec}${size}${pace}${rate}, ${audio ?? 'no sound'}`;
}

function ptz(name: string, { moves, services, faults }: Survey): Finding {
  const what = `${name}: PTZ`;
  if (moves) {
    const { panTilt, zoom } = moves.abilities;
    return found(what, `pan and tilt ${panTilt}, zoom ${zoom}; ${moves.presets.length} presets`);
  }
  if (!Object.hasOwn(services, 'ptz') || faults['ptz'] === undefined) return found(what, 'none');
  return found(what, faults['ptz'], { verdict: 'note', advice: 'give the user of the channel the right to move it' });
}

function events(
  name: string,
  { events: settings }: ChannelConfig,
  { events: seen, services, faults }: Survey,
): Finding {
  const what = `${name}: events`;
  if (!settings.enabled) return found(what, 'switched off in the configuration');
  if (seen) return found(what, 'the camera tells its events');
  const missing = !Object.hasOwn(services, 'events');
  const words = missing ? 'the camera has none, so the channel raises no alarms' : (faults['events'] ?? 'none');
  const advice = 'give the user of the channel the right to events; see also events.webhook';
  return found(what, words, missing ? {} : { verdict: 'note', advice });
}

function snapshot(name: string, { snapshotBytes, faults }: Survey): Finding {
  const what = `${name}: snapshot`;
  if (snapshotBytes !== undefined) return found(what, `${Math.round(snapshotBytes / 1000)} kB`);
  return found(what, `${faults['snapshot'] ?? 'none'}; pictures are taken out of the video`);
}
