import { useState } from 'preact/hooks';
import type { LogLine } from '../../../admin/api.ts';
import { Card } from '../../kit/parts/card.tsx';
import { ChoiceField, TextField } from '../../kit/parts/field.tsx';
import { useTimes } from '../../kit/words/figures.ts';
import { useFailureWords } from '../words/failure-words.ts';
import { useSystemTexts } from './system-texts.ts';
import { useTail } from './use-tail.ts';

const LEVELS = ['error', 'warn', 'info', 'debug'] as const;
type Level = (typeof LEVELS)[number];
/** The gravest first, as the API has them. */
const GRAVITY: ReadonlyArray<LogLine['level']> = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'];

function textOf({ message, fields, channel }: LogLine): string {
  const told = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [message, channel === undefined ? '' : `channel=${channel}`, ...told].filter(Boolean).join('  ');
}

/** The newest lines of the log, by level and by words. */
export function LogCard() {
  const words = useSystemTexts();
  const failureWords = useFailureWords();
  const times = useTimes();
  const [level, setLevel] = useState<Level>('info');
  const [search, setSearch] = useState('');
  const sought = search.trim().toLowerCase();
  const wanted = (line: LogLine): boolean =>
    GRAVITY.indexOf(line.level) <= GRAVITY.indexOf(level) && textOf(line).toLowerCase().includes(sought);
  const path = `api/log?level=${level}&search=${encodeURIComponent(search.trim())}&limit=300`;
  const { entries, failure } = useTail({ name: 'log', path, wanted });
  return (
    <Card title={words('log')}>
      <div class="filters">
        <ChoiceField
          label={words('level')}
          value={level}
          onInput={(value) => setLevel(LEVELS.find((one) => one === value) ?? 'info')}
          choices={LEVELS.map((one) => [one, words(`level-${one}`)] as const)}
        />
        <TextField label={words('search')} type="search" value={search} onInput={setSearch} />
      </div>
      {failure && <p class="field-fault">{failureWords(failure)}</p>}
      {entries.length === 0 && <p class="empty">{words('log-none')}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <ol class="tail" tabIndex={0} aria-label={words('log')} lang="en">
        {entries.map((line) => (
          <li key={line.id} class={`tail-${line.level}`}>
            <time dateTime={line.at}>{times.clock(Date.parse(line.at))}</time>
            <span class="tail-word">{line.room ?? line.level}</span>
            <span>{textOf(line)}</span>
          </li>
        ))}
      </ol>
    </Card>
  );
}
