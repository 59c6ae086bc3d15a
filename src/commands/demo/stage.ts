import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { stringify } from 'yaml';
import { DISCOVERY_GROUP } from '../../onvif/discovery/scan.ts';
import { Secret } from '../../runtime/secret.ts';
import { VirtualCamera } from '../../simulator/camera/camera.ts';
import type { ProfileSetting } from '../../simulator/camera/profiles.ts';
import { OvcSimulator } from '../../simulator/ovc/ovc-simulator.ts';
import { ChildGateway } from './child-gateway.ts';

export const LOGIN_CODE = 'OVD-DEMO';
const LOGIN_PASSWORD = 'demo-password';
const CAMERA_LOGIN = { username: 'admin', password: 'demo-camera' };

/** The cameras take turns, so that the demo shows what sites have: sound of both kinds, and none. */
const CASTS: ReadonlyArray<Partial<ProfileSetting>> = [
  { codec: 'H264', audio: 'PCMU' },
  { codec: 'H264', audio: 'AAC' },
  { codec: 'H264', audio: 'none' },
];
/** Each is encoded as it is seen, so that it can be moved: as many pictures a second as a small box can afford. */
const PICTURE = { width: 1280, height: 720, framesPerSecond: 15, bitsPerSecond: 2_000_000, gopSeconds: 2 };

export interface StageParts {
  readonly cameras: number;
  /** The page's port; 0 for any. */
  readonly port: number;
  readonly self: readonly string[];
  readonly log: Logger;
  /** Hears each line of the gateway's log. */
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Platform, cameras and a gateway process on this machine, and nothing left of them afterwards. */
export interface Stage {
  readonly ovc: OvcSimulator;
  readonly cameras: readonly VirtualCamera[];
  /** How this very program is started: program and first arguments. */
  readonly self: readonly string[];
  readonly configFile: string;
  /** Starts the gateway; the moment is the one that times count from. */
  startGateway(): ChildGateway;
}

/** Builds the stage, lets `play` act on it, and clears it away whatever happened. */
export async function onStage<T>(parts: StageParts, play: (stage: Stage) => Promise<T>): Promise<T> {
  const { log, signal, self, onLine } = parts;
  const folder = await mkdtemp(join(tmpdir(), 'ovd-demo-'));
  const ovc = await OvcSimulator.listen({ port: parts.port, accounts: { [LOGIN_CODE]: LOGIN_PASSWORD }, log });
  const cameras: VirtualCamera[] = [];
  let gateway: ChildGateway | undefined;
  try {
    const discovery = { port: await freeUdpPort(), group: DISCOVERY_GROUP };
    const world = { signal, log, discovery };
    for (let number = 0; number < parts.cameras; number++) cameras.push(await startCamera(number, world));
    const configFile = join(folder, 'gateway.yaml');
    await writeFile(configFile, gatewayConfig(folder, { ovc, cameras, discovery }), { mode: 0o600 });
    return await play({
      ovc,
      cameras,
      self,
      configFile,
      startGateway: () => {
        gateway = ChildGateway.start(self, configFile, onLine);
        return gateway;
      },
    });
  } finally {
    await gateway?.stop();
    await Promise.all([...cameras.map((camera) => camera.close()), ovc.close()]);
    await rm(folder, { recursive: true, force: true });
  }
}

interface CameraWorld {
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly discovery: { readonly port: number; readonly group: string };
}

/** Discovery of its own, so that several demos, and whoever tests beside them, do not see each other's cameras. */
async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

function startCamera(number: number, { discovery, log, ...world }: CameraWorld): Promise<VirtualCamera> {
  const digits = String(number).padStart(2, '0');
  return VirtualCamera.start(
    {
      name: `Demo camera ${number}`,
      serial: `DEMO${digits}`,
      mac: `02:00:00:00:00:${digits}`,
      username: CAMERA_LOGIN.username,
      password: new Secret(CAMERA_LOGIN.password),
      main: { ...PICTURE, ...CASTS[number % CASTS.length] },
      sub: {},
      surroundings: number,
      discovery,
    },
    { ...world, log: log.child({ virtual_camera: number }) },
  );
}

function gatewayConfig(
  folder: string,
  { ovc, cameras, discovery }: Pick<Stage, 'ovc' | 'cameras'> & Pick<CameraWorld, 'discovery'>,
): string {
  return stringify({
    discovery: { interfaces: ['127.0.0.1'], port: discovery.port },
    platform: { url: ovc.url, login_code: LOGIN_CODE, login_password: LOGIN_PASSWORD },
    state_dir: join(folder, 'state'),
    web: { listen: '127.0.0.1:0' },
    channels: cameras.map(({ host, onvifPort }, channel) => ({
      channel,
      name: `Demo camera ${channel}`,
      onvif: { host, port: onvifPort, ...CAMERA_LOGIN },
    })),
  });
}
