/** Who a camera is, as far as it says. Texts are empty where it says nothing. */
export interface CameraIdentity {
  readonly manufacturer: string;
  readonly model: string;
  readonly serial: string;
  /** Lower case with colons, of all its network cards. */
  readonly macs: readonly string[];
  /** WS-Discovery's name for it; only one that stays the same from answer to answer. */
  readonly endpoint: string;
}

export const NOBODY: CameraIdentity = { manufacturer: '', model: '', serial: '', macs: [], endpoint: '' };

/**
 * How a device that answers compares with the camera that is looked for. `endpoint`: nothing but the WS-Discovery
 * endpoint could be compared, and it is the same.
 */
export type Likeness = 'same' | 'endpoint' | 'unknown' | 'other';

/**
 * Serial number with model, and MAC addresses, are proof either way; where both can be compared, both must agree, for
 * there are cameras that share a factory's serial number. The endpoint counts only where there is no proof.
 */
export function likeness(known: CameraIdentity, told: CameraIdentity): Likeness {
  const proofs = [serials(known, told), macs(known, told)];
  if (proofs.includes('other')) return 'other';
  if (proofs.includes('same')) return 'same';
  if (!isEndpoint(known.endpoint) || !isEndpoint(told.endpoint)) return 'unknown';
  return sameEndpoint(known.endpoint, told.endpoint) ? 'endpoint' : 'other';
}

/** True where a comparison speaks for the camera. */
export function isProof(like: Likeness): boolean {
  return like === 'same' || like === 'endpoint';
}

/** True when a camera can be known again by this. */
export function isTelling(identity: CameraIdentity): boolean {
  return isSerial(identity.serial) || identity.macs.length > 0 || isEndpoint(identity.endpoint);
}

/** What two looks at one camera know together; the later one counts for more. */
export function joined(before: CameraIdentity, after: CameraIdentity): CameraIdentity {
  return {
    manufacturer: after.manufacturer || before.manufacturer,
    model: after.model || before.model,
    serial: isSerial(after.serial) ? after.serial : before.serial,
    macs: [...new Set([...before.macs, ...after.macs])].slice(-MOST_MACS),
    endpoint: after.endpoint || before.endpoint,
  };
}

/** For the log and for people: the strongest name it has. */
export function nameOf({ manufacturer, model, serial, macs: [mac], endpoint }: CameraIdentity): string {
  const who = `${manufacturer} ${model}`.trim();
  const mark = isSerial(serial) ? `serial ${serial}` : (mac ?? endpoint);
  return [who, mark].filter((part) => part !== '').join(', ') || 'a device that does not say who it is';
}

const MOST_MACS = 8;
/** What cameras have for a serial number when nobody gave them one. */
const NO_SERIAL = /^(?:(.)\1*|unknown|none|null|n\/?a|default|serial(?:number)?|0?123456(?:7(?:8(?:90?)?)?)?)?$/i;

export function isSerial(serial: string): boolean {
  return !NO_SERIAL.test(serial.trim());
}

/** All zeros, and an empty one, name nobody. */
export function isEndpoint(endpoint: string): boolean {
  return /[1-9a-f]/i.test(bare(endpoint));
}

export function sameEndpoint(a: string, b: string): boolean {
  return isEndpoint(a) && bare(a) === bare(b);
}

/** A MAC address in the form that we keep; undefined for what is none, zeros included. */
export function macOf(written: string): string | undefined {
  const digits = written.replaceAll(/[^\da-f]/gi, '').toLowerCase();
  if (digits.length !== 12 || /^(?:0+|f+)$/.test(digits) || !/^[\da-f:.\s-]+$/i.test(written)) return undefined;
  return digits.match(/../g)?.join(':');
}

function bare(endpoint: string): string {
  return endpoint
    .trim()
    .toLowerCase()
    .replace(/^(?:urn:)?(?:uuid:)?/, '');
}

function serials(known: CameraIdentity, told: CameraIdentity): Likeness {
  if (!isSerial(known.serial) || !isSerial(told.serial)) return 'unknown';
  return plain(known.serial) === plain(told.serial) && agree(known.model, told.model) ? 'same' : 'other';
}

function macs(known: CameraIdentity, told: CameraIdentity): Likeness {
  // Many endpoints end in the MAC address; a random one only looks as if.
  const tail = macOf(bare(told.endpoint).slice(-12));
  if (tail !== undefined && known.macs.includes(tail)) return 'same';
  if (known.macs.length === 0 || told.macs.length === 0) return 'unknown';
  return told.macs.some((mac) => known.macs.includes(mac)) ? 'same' : 'other';
}

/** A model may be missing where only the serial number was asked for, as in the configuration. */
function agree(a: string, b: string): boolean {
  return a === '' || b === '' || plain(a) === plain(b);
}

function plain(text: string): string {
  return text.trim().toLowerCase();
}
