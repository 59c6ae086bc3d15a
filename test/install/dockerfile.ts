/** What a Dockerfile says, as far as ours goes. */

export interface Stage {
  readonly from: string;
  readonly name: string | undefined;
  readonly steps: readonly Instruction[];
}

export interface Instruction {
  readonly word: string;
  readonly rest: string;
}

/** The stages of a Dockerfile in order. @throws Error for an instruction that Docker does not know */
export function stagesOf(text: string): Stage[] {
  const lines = text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ')
    .split('\n');
  const stages: { from: string; name: string | undefined; steps: Instruction[] }[] = [];
  for (const line of lines.filter((each) => each.trim() !== '')) {
    const [, word = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line.trim()) ?? [];
    if (!KNOWN.has(word)) throw new Error(`not an instruction: ${line}`);
    const [, from = '', name] = word === 'FROM' ? (/^(\S+)(?: AS (\S+))?$/.exec(rest) ?? []) : [];
    if (word === 'FROM') stages.push({ from, name, steps: [] });
    else stages.at(-1)?.steps.push({ word, rest: rest.replaceAll(/\s+/g, ' ') });
  }
  return stages;
}

const KNOWN = new Set('FROM RUN COPY WORKDIR USER ENV VOLUME HEALTHCHECK ENTRYPOINT CMD'.split(' '));

/** What the last stage leaves for whoever starts it. */
export interface Image {
  readonly user: string;
  readonly workdir: string;
  readonly env: readonly string[];
  readonly volumes: readonly string[];
  readonly command: readonly string[];
  readonly health: readonly string[];
}

export function imageOf({ steps }: Stage): Image {
  const all = (word: string): string[] => steps.filter((step) => step.word === word).map(({ rest }) => rest);
  const last = (word: string): string => all(word).at(-1) ?? '';
  const list = (text: string): string[] => (text === '' ? [] : JSON.parse(text));
  return {
    user: last('USER'),
    workdir: last('WORKDIR'),
    env: all('ENV').flatMap((rest) => rest.split(' ')),
    volumes: list(last('VOLUME')),
    command: [...list(last('ENTRYPOINT')), ...list(last('CMD'))],
    health: list(/CMD (\[.*\])$/.exec(last('HEALTHCHECK'))?.[1] ?? ''),
  };
}
