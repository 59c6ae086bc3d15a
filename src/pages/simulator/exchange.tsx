import type { WireEntry } from '../../simulator/ovc/wire.ts';
import { Badge, type Tone } from '../kit/parts/badge.tsx';
import { Icon } from '../kit/parts/icons.tsx';
import { fieldOf, pretty } from './pretty.ts';
import { useWords } from './texts.ts';

/** A packet, and the answer to it where it is a request that got one. */
export interface ExchangeRow {
  readonly entry: WireEntry;
  readonly answer: WireEntry | undefined;
}

const SHORT_CHARACTERS = 160;

/** One line, and all of it when it is opened. */
export function Exchange({ row: { entry, answer } }: { row: ExchangeRow }) {
  const words = useWords();
  const faults = [...entry.faults, ...(answer?.faults ?? [])];
  if (entry.direction === 'note') {
    return (
      <li class="exchange exchange-note">
        <Moment at={entry.at} />
        <span>{entry.text}</span>
        <Faults faults={faults} />
      </li>
    );
  }
  return (
    <li class={`exchange exchange-${entry.direction}`}>
      <details>
        <summary>
          <Moment at={entry.at} />
          <span class="exchange-way" title={words(entry.direction === 'up' ? 'from-device' : 'from-platform')}>
            <Icon name={entry.direction === 'up' ? 'up' : 'down'} />
            <span class="unseen">{words(entry.direction === 'up' ? 'from-device' : 'from-platform')}</span>
          </span>
          <strong>{entry.name ?? entry.kind}</strong>
          <code class="exchange-short">{short(entry)}</code>
          <Outcome entry={entry} answer={answer} />
          <Faults faults={faults} />
        </summary>
        <Whole title={`${words(entry.kind === 'request' ? 'request' : 'packet')} #${entry.number}`} text={entry.text} />
        {answer && (
          <Whole
            title={`${words('answer')} #${answer.number}, ${words('after', { ms: answer.ms ?? 0 })}`}
            text={answer.text}
          />
        )}
      </details>
    </li>
  );
}

function Moment({ at }: { at: string }) {
  // In the person's own zone, to the millisecond.
  const date = new Date(at);
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(11, 23);
  return <time dateTime={at}>{local}</time>;
}

function Whole({ title, text }: { title: string; text: string }) {
  return (
    <section class="exchange-whole">
      <h3>{title}</h3>
      <pre>{pretty(text)}</pre>
    </section>
  );
}

function Outcome({ entry, answer }: ExchangeRow) {
  const words = useWords();
  if (entry.kind !== 'request') return null;
  const [tone, text]: readonly [Tone, string] = answer
    ? answer.kind === 'failure'
      ? ['bad', errorOf(answer.text)]
      : ['good', words('ok')]
    : ['quiet', words('waiting')];
  return (
    <span class="exchange-outcome">
      <Badge tone={tone}>{text}</Badge>
      {answer?.ms !== undefined && <span class="soft small">{`${answer.ms} ms`}</span>}
    </span>
  );
}

function Faults({ faults }: { faults: readonly string[] }) {
  return (
    <>
      {faults.map((fault) => (
        <Badge key={fault} tone="bad" icon="warning">
          {fault}
        </Badge>
      ))}
    </>
  );
}

/** The parameters alone: name and number stand beside them. */
function short({ text, kind }: WireEntry): string {
  if (kind !== 'request' && kind !== 'event') return text.slice(0, SHORT_CHARACTERS);
  const params = fieldOf(text, 'params');
  return params === undefined ? '' : JSON.stringify(params).slice(0, SHORT_CHARACTERS);
}

function errorOf(text: string): string {
  const err = fieldOf(text, 'err');
  return typeof err === 'object' && err !== null && 'code' in err ? `err ${err.code}` : 'err';
}
