import type { CameraStream, Credentials } from '../../channel/ports.ts';

/**
 * How a camera's address gets to ffmpeg: not as an argument, which every user of the box can read (`ps`), but in a script
 * for its concat demuxer, through a pipe. ffmpeg's own options for the stream stand in it too, as they are options of
 * what the script opens.
 */

/** What the script may lead to. */
const PROTOCOLS = 'pipe,rtsp,rtp,tcp,udp,tls';

export interface RtspInput {
  /** Input options for ffmpeg, to stand before `-i`. */
  readonly options: readonly string[];
  /** Holds the camera's password: never log it. */
  readonly script: string;
}

/** `options` are ffmpeg's for the stream itself, as `-name value` in pairs. */
export function rtspInput(
  { url, credentials }: Pick<CameraStream, 'url' | 'credentials'>,
  options: readonly string[],
): RtspInput {
  const lines = ['ffconcat version 1.0', `file '${quoted(addressWithCredentials(url, credentials))}'`];
  for (let at = 0; at + 1 < options.length; at += 2) lines.push(`option ${options[at]?.slice(1)} ${options[at + 1]}`);
  return {
    // The stream has been probed by the time the script's own probing begins, which would take seconds more.
    options: [
      '-f',
      'concat',
      '-safe',
      '0',
      '-protocol_whitelist',
      PROTOCOLS,
      '-analyzeduration',
      '0',
      '-probesize',
      '5000',
    ],
    script: `${lines.join('\n')}\n`,
  };
}

/** The address with user and password in it, which is how ffmpeg takes them; each sign that is special is escaped. */
export function addressWithCredentials(url: URL, credentials: Credentials | undefined): string {
  if (!credentials) return url.href;
  const user = strictlyEncoded(credentials.username);
  const password = strictlyEncoded(credentials.password.reveal());
  return url.href.replace('://', () => `://${user}:${password}@`);
}

/** Beyond encodeURIComponent: signs it leaves alone and that one parser or another takes for its own. */
function strictlyEncoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

const quoted = (text: string): string => text.replaceAll("'", "'\\''");
