import PQueue from 'p-queue';
import type { Config } from '../config/schema.ts';
import { secretsIn } from '../config/secrets.ts';
import { hostProber } from '../onvif/discovery/probe-host.ts';
import { withDeadline } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import { scrubber } from '../runtime/log.ts';
import { type BoxLookParts, boxLooks } from './box-looks.ts';
import { lookAtCamera, nameOf } from './camera-looks.ts';
import { type Finding, failed } from './finding.ts';
import { OneLook } from './one-look.ts';

/** Longer than any single step may take, so that no check hangs. */
const LOOK_MS = 60_000;
/** More would load a small box, and answer no sooner. */
const CAMERAS_AT_ONCE = 4;

/** Looks at everything that a configuration needs, without starting; gives out each finding in the order of the file. */
export async function* checkup(parts: BoxLookParts, signal: AbortSignal): AsyncGenerator<Finding> {
  const { config, stateDirectory, clock, log } = parts;
  const scrub = scrubber(secretsIn(config));
  const tried = (what: string, look: (inTime: AbortSignal) => Promise<readonly Finding[]>) =>
    attempt(what, look, { clock, signal, scrub });
  const cameras = new OneLook({ config, stateDirectory, clock, log });
  const camera = { cameras, probe: hostProber({ port: config.discovery.port, clock, log }), clock, log };
  const queue = new PQueue({ concurrency: CAMERAS_AT_ONCE });
  const looking = config.channels.map((entry) =>
    queue.add(() => tried(`${nameOf(entry)}: camera`, (inTime) => lookAtCamera(entry, camera, inTime))),
  );
  for (const { what, look } of boxLooks(parts)) {
    yield* await tried(what, async (inTime) => [await look(what, inTime)]);
  }
  for (const [at, findings] of looking.entries()) yield* withChannel(await findings, config, at);
}

/** Each finding without secrets; a look that fails is a finding too. */
async function attempt(
  what: string,
  look: (signal: AbortSignal) => Promise<readonly Finding[]>,
  { clock, signal, scrub }: Pick<BoxLookParts, 'clock'> & { signal: AbortSignal; scrub: (text: string) => string },
): Promise<Finding[]> {
  const late = (): Error => new GatewayError('timed-out', 'took too long');
  const findings = await withDeadline({ clock, ms: LOOK_MS, signal, late }, look).catch((err) => [failed(what, err)]);
  return findings.map((finding) => ({ ...finding, words: scrub(finding.words) }));
}

function withChannel(findings: readonly Finding[], { channels }: Config, at: number): Finding[] {
  const { channel } = channels[at] ?? {};
  return findings.map((finding) => (channel === undefined ? finding : { ...finding, channel }));
}
