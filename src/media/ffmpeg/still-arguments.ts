import ffmpeg from 'fluent-ffmpeg';
import type { CameraStream } from '../../channel/ports.ts';
import { rtspInput } from './rtsp-input.ts';

/** ffmpeg's argument lists for one picture. One row is one behaviour. */

const QUIET = ['-hide_banner', '-nostats', '-loglevel', 'warning'];
/** A picture for an alarm: wide enough for a face, small enough for a slow uplink. */
const AT_MOST_WIDE = "scale='min(1920,iw)':-2";
const JPEG = ['-an', '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-q:v', '4'];
/** One after the other to stdout. */
const TO_STDOUT = ['-f', 'image2pipe'];
/** Evenly spaced anew, else ffmpeg fills the time of what was left out with copies. */
const RATE = '25';
const CLOSED_UP = `setpts=N/(${RATE}*TB)`;
/**
 * Long enough for a camera whose SDP says too little; the rate, whose finding takes seconds, means nothing to one
 * picture.
 */
const PROBE = ['-analyzeduration', '500000', '-fpsprobesize', '0'];
/**
 * What a decoder makes of a stream that it joined between two key frames is grey. Left out after the decoder, for one
 * that is told to skip the rest makes the probing last for seconds.
 */
const WHOLE = 'select=key';
const SOCKET_TIMEOUT_US = 8_000_000;

/** For FLV on stdin: the pictures from number `first` on, counted from 0, as JPEGs on stdout. */
export function stillsFromFlv(first: number): string[] {
  return ffmpeg('pipe:0')
    .inputOptions(...QUIET, '-f', 'flv')
    .output('pipe:1')
    .outputOptions('-vf', `select=gte(n\\,${first}),${CLOSED_UP},${AT_MOST_WIDE}`, '-r', RATE, ...JPEG, ...TO_STDOUT)
    ._getArguments();
}

/** For a camera's stream: its next whole picture. The script, for the first extra pipe, holds the camera's password. */
export function stillFromRtsp(stream: CameraStream): { readonly args: string[]; readonly script: string } {
  const { options, script } = rtspInput(stream, [
    ...['-rtsp_transport', 'tcp', '-timeout', String(SOCKET_TIMEOUT_US)],
    ...[...PROBE, '-allowed_media_types', 'video'],
  ]);
  const args = ffmpeg('pipe:3')
    .inputOptions(...QUIET, ...options)
    .output('pipe:1')
    .outputOptions('-frames:v', '1', '-vf', `${WHOLE},${AT_MOST_WIDE}`, ...JPEG, ...TO_STDOUT)
    ._getArguments();
  return { args, script };
}
