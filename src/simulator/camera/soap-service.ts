import type { EventDesk } from './event-desk.ts';
import type { FilmSetting } from './film.ts';
import type { Habits } from './habits.ts';
import type { PresetBook } from './preset-book.ts';
import type { ProfileToken } from './profiles.ts';
import type { PtzHead } from './ptz-head.ts';
import type { Xml, XmlTree } from './xml.ts';

/** What an ONVIF service of the camera is made of. A new service is a file of rows, and a row in `soap-server.ts`. */

export interface CameraIdentity {
  readonly name: string;
  readonly serial: string;
  /** Six pairs of hexadecimal digits with colons. */
  readonly mac: string;
}

export interface CameraProfile {
  readonly token: ProfileToken;
  readonly setting: FilmSetting;
}

/** What services may ask of the camera they belong to. */
export interface CameraView {
  readonly identity: CameraIdentity;
  readonly host: string;
  readonly profiles: readonly CameraProfile[];
  readonly habits: Habits;
  readonly ptz: PtzHead;
  readonly presets: PresetBook;
  readonly events: EventDesk;
  /** Goes down in a moment and comes back. */
  reboot(): void;
  /** A path on the ONVIF port, without bad habits. */
  serviceUri(path: string): string;
  /** The camera's own time, skewed as it may be. */
  time(): Date;
  streamUri(profile: CameraProfile): string;
  snapshotUri(profile: CameraProfile): string;
  /** The services it announces now, with the addresses it gives for them. */
  services(): ReadonlyArray<{ readonly service: SoapService; readonly xaddr: string }>;
}

/** One call, parsed. */
export interface SoapCall {
  readonly camera: CameraView;
  /** The operation's element. */
  readonly request: XmlTree;
  /** The envelope's header. */
  readonly header: XmlTree | undefined;
  /** Path and query of the HTTP request. */
  readonly target: string;
  /** Aborts when the camera loses power. */
  readonly signal: AbortSignal;
}

/**
 * A refusal. `webPage` is what a camera sends whose handler has died: HTTP 500 and HTML. `hangUp` sends nothing at all,
 * and `MustUnderstand` is SOAP's own.
 */
export interface SoapFault {
  readonly fault:
    | 'ter:NotAuthorized'
    | 'ter:ActionNotSupported'
    | 'ter:InvalidArgVal'
    | 'ter:WellFormed'
    | 'MustUnderstand'
    | 'webPage'
    | 'hangUp';
  /** The second subcode. */
  readonly detail?: string;
  readonly reason: string;
}

export interface SoapOperation {
  /** `anyone` is ONVIF's PRE_AUTH: answered without a login. */
  readonly access: 'anyone' | 'user';
  /** Gives what goes into the SOAP body. */
  readonly answer: (call: SoapCall) => Xml | SoapFault | Promise<Xml | SoapFault>;
}

export interface SoapService {
  readonly path: string;
  readonly namespace: string;
  readonly version: { readonly major: number; readonly minor: number };
  /** Its part of the GetCapabilities reply; undefined for services that this old call does not know. */
  readonly capability: ((xaddr: string) => Xml) | undefined;
  readonly isAnnounced: (habits: Habits) => boolean;
  readonly operations: ReadonlyMap<string, SoapOperation>;
}

export function isFault(answer: Xml | SoapFault): answer is SoapFault {
  return 'fault' in answer;
}
