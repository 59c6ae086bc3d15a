import type { Advice, Trouble, TroubleKind } from '../../admin/api.ts';
import { type ErrorKind, GatewayError } from '../../runtime/errors.ts';

/** What is wrong, in the page's words: one row for each way in which something fails. */

interface Row {
  readonly kind: TroubleKind;
  readonly advice: Advice;
}

const UNEXPECTED: Row = { kind: 'unexpected', advice: 'send-support-bundle' };

/** A camera that is not there. */
const CAMERA: Partial<Record<ErrorKind, Row>> = {
  'camera-unreachable': { kind: 'camera-unreachable', advice: 'check-camera-power-and-network' },
  'camera-unauthorized': { kind: 'camera-unauthorized', advice: 'set-camera-login' },
  'other-camera': { kind: 'other-camera', advice: 'confirm-camera-replaced' },
  'not-onvif': { kind: 'not-onvif', advice: 'add-as-rtsp' },
  'no-usable-profile': { kind: 'no-usable-profile', advice: 'choose-another-profile' },
  'camera-fault': { kind: 'camera-fault', advice: 'restart-camera' },
  'timed-out': { kind: 'camera-unreachable', advice: 'check-camera-power-and-network' },
};

/** The link to the platform. */
const LINK: Partial<Record<ErrorKind, Row>> = {
  'login-refused': { kind: 'login-refused', advice: 'check-platform-login' },
  'link-lost': { kind: 'link-lost', advice: 'check-uplink' },
  'timed-out': { kind: 'link-lost', advice: 'check-uplink' },
  'protocol-broken': { kind: 'protocol-broken', advice: 'ask-platform' },
};

/** A stream that is open and does not come; it is opened again by itself, mostly within seconds. */
const STREAM: Partial<Record<ErrorKind, Row>> = {
  ...CAMERA,
  'feed-failed': { kind: 'stream-failed', advice: 'wait' },
  'process-failed': { kind: 'stream-failed', advice: 'wait' },
  'transcode-refused': { kind: 'transcode-refused', advice: 'set-camera-to-h264' },
};

/** What `since` and `nextTryAt` say, as far as it is known. */
export interface When {
  readonly since?: Date | undefined;
  readonly nextTryAt?: Date | undefined;
}

export function cameraTrouble(why: unknown, when: When): Trouble {
  return troubleFrom(why, CAMERA, when);
}

export function streamTrouble(why: unknown, when: When): Trouble {
  return troubleFrom(why, STREAM, when);
}

export function linkTrouble(kind: ErrorKind | undefined, why: string, when: When): Trouble {
  return trouble((kind && LINK[kind]) ?? UNEXPECTED, why, when);
}

function troubleFrom(why: unknown, rows: Partial<Record<ErrorKind, Row>>, when: When): Trouble {
  if (!(why instanceof GatewayError)) return trouble(UNEXPECTED, 'it failed unexpectedly', when);
  return trouble(rows[why.kind] ?? UNEXPECTED, why.sentence, when);
}

/** A trouble as it is told. */
export function trouble({ kind, advice }: Row, why: string, { since, nextTryAt }: When = {}): Trouble {
  return {
    kind,
    why,
    advice,
    ...(since && { since: since.toISOString() }),
    ...(nextTryAt && { nextTryAt: nextTryAt.toISOString() }),
  };
}
