import { useState } from 'preact/hooks';
import type { WireEntry } from '../../simulator/ovc/wire.ts';
import { Button } from '../kit/parts/button.tsx';
import { Card } from '../kit/parts/card.tsx';
import { ChoiceField, TextField } from '../kit/parts/field.tsx';
import { ChannelsCard } from './channels.tsx';
import { Exchange, type ExchangeRow } from './exchange.tsx';
import { SendCard } from './send.tsx';
import { useSite } from './site.ts';
import { type TEXTS, useWords } from './texts.ts';

const PAGE_ROWS = 100;

/** What to show of the record, each with its words. */
const FILTERS = {
  all: ['show-all', () => true],
  calm: ['show-without-keepalives', ({ entry }) => entry.name !== 'Keepalive'],
  up: ['show-up', ({ entry }) => entry.direction === 'up'],
  down: ['show-down', ({ entry }) => entry.direction === 'down'],
  faults: ['show-faults', ({ entry, answer }) => entry.faults.length + (answer?.faults.length ?? 0) > 0],
} as const satisfies Record<string, readonly [keyof typeof TEXTS, (row: ExchangeRow) => boolean]>;

type Filter = keyof typeof FILTERS;
const isFilter = (name: string): name is Filter => Object.hasOwn(FILTERS, name);

/** Every packet both ways, and the means to send some. */
export function PacketsPage() {
  return (
    <>
      <ChannelsCard />
      <div class="packets-page">
        <SendCard />
        <PacketsCard />
      </div>
    </>
  );
}

function PacketsCard() {
  const words = useWords();
  const site = useSite();
  const [filter, setFilter] = useState<Filter>('all');
  const [search, setSearch] = useState('');
  const [shown, setShown] = useState(PAGE_ROWS);
  const [frozen, setFrozen] = useState<readonly WireEntry[] | undefined>(undefined);
  const [, fits] = FILTERS[filter];
  const rows = exchanges(frozen ?? site.packets.value)
    .filter((row) => fits(row) && holds(row, search))
    .reverse();
  return (
    <Card
      title={words('packets')}
      aside={
        <span class="card-buttons">
          <Button
            aria-pressed={frozen !== undefined}
            onClick={() => setFrozen(frozen ? undefined : site.packets.value)}
          >
            {words(frozen ? 'go-on' : 'pause')}
          </Button>
          <Button onClick={() => site.clearPackets()}>{words('clear')}</Button>
          <a class="button" href={site.addresses.device('packets')} download="packets.json">
            {words('save-all')}
          </a>
        </span>
      }
    >
      <div class="filters">
        <TextField
          label={words('search')}
          type="search"
          placeholder={words('search-hint')}
          value={search}
          onInput={setSearch}
        />
        <ChoiceField
          label={words('show')}
          value={filter}
          onInput={(name) => isFilter(name) && setFilter(name)}
          choices={Object.entries(FILTERS).map(([name, [key]]) => [name, words(key)])}
        />
      </div>
      {rows.length === 0 && <p class="empty">{words('no-packets')}</p>}
      <ol class="exchanges">
        {rows.slice(0, shown).map((row) => (
          <Exchange key={row.entry.number} row={row} />
        ))}
      </ol>
      {rows.length > shown && (
        <Button onClick={() => setShown(shown + PAGE_ROWS)}>
          {words('more', { count: Math.min(PAGE_ROWS, rows.length - shown) })}
        </Button>
      )}
    </Card>
  );
}

/** Each request with its answer; whatever is neither stands alone. */
function exchanges(entries: readonly WireEntry[]): ExchangeRow[] {
  const answers = new Map(entries.map((entry) => [entry.answers, entry]));
  const numbers = new Set(entries.map(({ number }) => number));
  return entries
    .filter(({ answers: question }) => question === undefined || !numbers.has(question))
    .map((entry) => ({ entry, answer: answers.get(entry.number) }));
}

function holds({ entry, answer }: ExchangeRow, search: string): boolean {
  const text = `#${entry.number} ${entry.text} ${entry.faults.join(' ')} ${answer?.text ?? ''}`;
  return text.toLowerCase().includes(search.trim().toLowerCase());
}
