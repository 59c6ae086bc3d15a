import { type ErrorKind, GatewayError } from '../runtime/errors.ts';

/** `ok`: it will do. `note`: it works, and could be better. `fail`: it will not work. */
export type Verdict = 'ok' | 'note' | 'fail';

/** What one look found, in words that a person can act on. */
export interface Finding {
  /** What was looked at, such as `platform login` or `channel 0 Front door: video`. */
  readonly what: string;
  /** The number of the channel that it is about. */
  readonly channel?: number;
  readonly verdict: Verdict;
  /** It is no failure. */
  readonly ok: boolean;
  /** What was seen. */
  readonly words: string;
  /** What to do about it; empty where there is nothing to do. */
  readonly advice: string;
}

export function found(what: string, words: string, { verdict = 'ok' as Verdict, advice = '' } = {}): Finding {
  return { what, verdict, ok: verdict !== 'fail', words, advice };
}

/** What a person can do about each kind of failure; kinds that no look meets are not here. */
const ADVICE: Readonly<Partial<Record<ErrorKind, string>>> = {
  'login-refused': 'compare platform.login_code and platform.login_password with what the platform gave',
  'link-lost': 'see that platform.url is right and that this box may reach it: name service, firewall, proxy',
  'protocol-broken': 'platform.url leads to something that is no OVC; compare it with what the platform gave',
  'camera-unreachable': 'see that the camera has power, is in this network, and has the address in the configuration',
  'camera-unauthorized': 'set user name and password of the channel; on many cameras ONVIF has users of its own',
  'other-camera': 'another camera has the address: correct it, or give the serial number as onvif.serial',
  'not-onvif': 'switch ONVIF on in the camera, or give its RTSP address as rtsp.url in place of onvif',
  'camera-fault': 'start the camera anew; if it stays so, send what `probe` prints to support',
  'no-usable-profile': 'set one of the camera’s video streams to H.264 or H.265',
  'state-unwritable': 'give the directory to the user that runs the gateway, and see that the disk is not full',
  'state-unreadable': 'give the file to the user that runs the gateway; where the disk is broken, replace it',
  'state-in-use': 'end the other gateway, or give this one a state_dir of its own',
  'process-failed': 'install it (apt install ffmpeg), or name it in ffmpeg.path',
  'transcode-refused': 'set such cameras to H.264, or install an ffmpeg with libx264',
  'timed-out': 'try again; when it stays so, the network on the way is too slow or swallows packets',
};

/** A failure as a finding; `advice` where a look knows better than the kind of the failure. */
export function failed(what: string, err: unknown, advice?: string): Finding {
  const words = err instanceof GatewayError ? err.sentence : String(err);
  const usual = err instanceof GatewayError ? ADVICE[err.kind] : undefined;
  return found(what, words, { verdict: 'fail', advice: advice ?? usual ?? 'send a support bundle to support' });
}
