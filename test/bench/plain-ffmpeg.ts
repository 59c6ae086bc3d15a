import { CAMERA_LOGIN } from './cameras.ts';
import { Child } from './child.ts';

/** The measure of all: what a person types who has no gateway. */

const QUIET = ['-hide_banner', '-nostdin', '-loglevel', 'error'];

function pushArguments(from: string, to: string): string[] {
  return [...QUIET, '-rtsp_transport', 'tcp', '-i', from, '-c:v', 'copy', '-c:a', 'aac', '-f', 'flv', to];
}

function segmentArguments(from: string, folder: string): string[] {
  const segments = ['-f', 'segment', '-segment_time', '10', '-segment_format', 'mpegts', `${folder}/%06d.ts`];
  return [...QUIET, '-rtsp_transport', 'tcp', '-i', from, '-c:v', 'copy', '-c:a', 'aac', ...segments];
}

const withLogin = (rtspUrl: string, password: string): string =>
  rtspUrl.replace('://', `://${CAMERA_LOGIN.username}:${password}@`);

/** Pushes one camera to one RTMP address until it is stopped. */
export function plainPush(rtspUrl: string, rtmpUrl: string): Child {
  return Child.spawn('ffmpeg', pushArguments(withLogin(rtspUrl, CAMERA_LOGIN.password), rtmpUrl));
}

/** Cuts one camera into segments of ten seconds in a folder until it is stopped. */
export function plainSegments(rtspUrl: string, folder: string): Child {
  return Child.spawn('ffmpeg', segmentArguments(withLogin(rtspUrl, CAMERA_LOGIN.password), folder));
}

/** The push as a line to type, with the password masked. */
export function plainPushLine(rtspUrl: string, rtmpUrl: string): string {
  return typed(pushArguments(withLogin(rtspUrl, '***'), rtmpUrl));
}

/** The cutting as a line to type, with the password masked. */
export function plainSegmentsLine(rtspUrl: string, folder: string): string {
  return typed(segmentArguments(withLogin(rtspUrl, '***'), folder));
}

function typed(words: readonly string[]): string {
  return ['ffmpeg', ...words.map((word) => (/[&?*]/.test(word) ? `'${word}'` : word))].join(' ');
}
