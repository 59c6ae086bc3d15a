import { CAMERA_LOGIN } from './cameras.ts';
import { Child } from './child.ts';

/** The measure of all: what a person types who has no gateway. */

const QUIET = ['-hide_banner', '-nostdin', '-loglevel', 'error'];

function pushArguments(from: string, to: string): string[] {
  return [...QUIET, '-rtsp_transport', 'tcp', '-i', from, '-c:v', 'copy', '-c:a', 'aac', '-f', 'flv', to];
}

const withLogin = (rtspUrl: string, password: string): string =>
  rtspUrl.replace('://', `://${CAMERA_LOGIN.username}:${password}@`);

/** Pushes one camera to one RTMP address until it is stopped. */
export function plainPush(rtspUrl: string, rtmpUrl: string): Child {
  return Child.spawn('ffmpeg', pushArguments(withLogin(rtspUrl, CAMERA_LOGIN.password), rtmpUrl));
}

/** The same as a line to type, with the password masked. */
export function plainPushLine(rtspUrl: string, rtmpUrl: string): string {
  const words = pushArguments(withLogin(rtspUrl, '***'), rtmpUrl);
  return ['ffmpeg', ...words.map((word) => (/[&?*]/.test(word) ? `'${word}'` : word))].join(' ');
}
