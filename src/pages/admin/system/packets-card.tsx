import { useState } from 'preact/hooks';
import type { Packet } from '../../../admin/api.ts';
import { Card } from '../../kit/parts/card.tsx';
import { TextField } from '../../kit/parts/field.tsx';
import { useTimes } from '../../kit/words/figures.ts';
import { useFailureWords } from '../words/failure-words.ts';
import { useSystemTexts } from './system-texts.ts';
import { useTail } from './use-tail.ts';

/** The last packets to and from the platform, secrets taken out. */
export function PacketsCard() {
  const words = useSystemTexts();
  const failureWords = useFailureWords();
  const times = useTimes();
  const [method, setMethod] = useState('');
  const sought = method.trim().toLowerCase();
  const wanted = (packet: Packet): boolean => (packet.method ?? '').toLowerCase().includes(sought);
  const { entries, failure } = useTail({ name: 'packet', path: 'api/packets', wanted });
  return (
    <Card title={words('packets')}>
      <div class="filters">
        <TextField label={words('packets-filter')} type="search" value={method} onInput={setMethod} />
      </div>
      {failure && <p class="field-fault">{failureWords(failure)}</p>}
      {entries.length === 0 && <p class="empty">{words('packets-none')}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <ol class="tail" tabIndex={0} aria-label={words('packets')}>
        {entries.map((packet) => (
          <li key={packet.id} class={packet.kind === 'refusal' || packet.kind === 'broken' ? 'tail-error' : undefined}>
            <time dateTime={packet.at}>{times.clock(Date.parse(packet.at))}</time>
            <span class="tail-word">{words(packet.direction)}</span>
            <details>
              <summary>
                {packet.method ?? '–'} {words(`packet-${packet.kind}`)}
                {packet.afterMs !== undefined && `, ${words('after-ms', { ms: Math.round(packet.afterMs) })}`}
              </summary>
              <pre>{JSON.stringify(packet.packet, undefined, 2)}</pre>
            </details>
          </li>
        ))}
      </ol>
    </Card>
  );
}
