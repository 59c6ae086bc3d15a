import type { Logger } from 'pino';
import { unreachable } from '../runtime/camera-unreachable.ts';
import type { Clock } from '../runtime/clock.ts';
import { type ErrorKind, GatewayError, isKind } from '../runtime/errors.ts';
import { Scope } from '../runtime/scope.ts';
import { OnvifSession } from './session.ts';
import { isFault } from './soap.ts';

/** Where the device service may be; whatever is left out is searched. */
export interface Place {
  /** Host name or IP address; an IPv6 address with or without brackets. */
  readonly host: string;
  readonly port?: number;
  readonly scheme?: 'http' | 'https';
  /** As discovery told it; tried before the usual ones. */
  readonly path?: string;
}

/** Finds one camera by who it is, wherever it is. */
export interface CameraFinder {
  /** Its device service. @throws GatewayError `other-camera`, `camera-unauthorized`, and as `findDevice` does */
  find(signal: AbortSignal): Promise<URL>;
  /**
   * Asks the device there who it is, before something else than a search connects to it with the login.
   * @throws GatewayError `other-camera`, `camera-unreachable`
   */
  confirm(device: URL, signal: AbortSignal): Promise<void>;
}

/** A device service's address as a place to look at first. */
export function placeOf({ hostname, port, protocol, pathname }: URL): Place {
  const secure = protocol === 'https:';
  return {
    host: hostname,
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    scheme: secure ? 'https' : 'http',
    path: pathname,
  };
}

/** Where cameras have their device service, the usual first (ONVIF field guide 4.2). */
const PORTS: readonly number[] = [80, 8000, 8080, 8899, 2020, 5000, 8090, 88, 888, 10080, 443];
const PATHS: readonly string[] = ['/onvif/device_service', '/onvif/service', '/onvif/services'];
const AT_ONCE = 2;
const DEADLINE_MS = 3000;

/** What tells most about a search in vain: a port that answers wrongly says more than ten that don't answer. */
const TELLING: readonly ErrorKind[] = ['camera-fault', 'not-onvif', 'camera-unreachable'];

interface Search {
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Finds the device service without sending credentials.
 * @throws GatewayError `camera-unreachable`, `not-onvif`, `camera-fault`
 */
export async function findDevice(place: Place, parts: Search, signal: AbortSignal): Promise<URL> {
  const ports = place.port === undefined ? [...PORTS] : [place.port];
  const failures: GatewayError[] = [];
  const scope = new Scope(signal);
  let found: URL | undefined;
  const searcher = async (): Promise<void> => {
    for (let port = ports.shift(); port !== undefined && !scope.signal.aborted; port = ports.shift()) {
      const answer = await firstDevice(devicesOn(port, place), parts, scope.signal);
      if (answer instanceof URL) {
        found ??= answer;
        scope.end();
      } else if (answer) {
        failures.push(answer);
        // Without a route, no port will do.
        if (answer.fields['reason'] === NO_ROUTE) ports.length = 0;
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, searcher));
  } finally {
    scope.end();
  }
  signal.throwIfAborted();
  if (found) return found;
  throw TELLING.flatMap((kind) => failures.filter((err) => err.kind === kind))[0] ?? unreachable('no answer');
}

const NO_ROUTE = 'no route';

/** Which of the addresses on one port is the device service, or why none; undefined when the search is over. */
async function firstDevice(
  devices: readonly URL[],
  parts: Search,
  signal: AbortSignal,
): Promise<URL | GatewayError | undefined> {
  let failure: GatewayError | undefined;
  for (const device of devices) {
    const trouble = await greeting(device, parts, signal);
    if (signal.aborted) return undefined;
    if (!trouble) return device;
    // What is wrong at the usual path says most.
    failure ??= trouble;
    if (!isKind(trouble, 'not-onvif')) break;
  }
  return failure;
}

/** What keeps an address from being a device service; a fault or a wish for a login doesn't. */
async function greeting(device: URL, parts: Search, signal: AbortSignal): Promise<GatewayError | undefined> {
  const session = new OnvifSession({ device, credentials: undefined, ...parts });
  try {
    await session.readClock({ deadlineMs: DEADLINE_MS }, signal);
    return undefined;
  } catch (err) {
    if (signal.aborted) return undefined;
    if (!(err instanceof GatewayError)) throw err;
    return isFault(err) ? undefined : err;
  } finally {
    session.close();
  }
}

/** Where on one port the device service may be. */
function devicesOn(port: number, { host, scheme, path }: Place): URL[] {
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const address = `${scheme ?? (port === 443 ? 'https' : 'http')}://${name}:${port}`;
  if (!URL.canParse(address)) throw unreachable('not a valid host name');
  const paths = path === undefined ? PATHS : [path, ...PATHS];
  return paths.map((each) => {
    const device = new URL(address);
    // Only ever a path: a told `//elsewhere/x` must not lead to another host.
    device.pathname = each;
    return device;
  });
}
