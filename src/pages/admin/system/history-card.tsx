import { useEffect } from 'preact/hooks';
import type { History } from '../../../admin/api.ts';
import { Card } from '../../kit/parts/card.tsx';
import { Plot } from '../../kit/parts/plot.tsx';
import { useLoaded } from '../../kit/parts/use-loaded.ts';
import { bitRate, bytes, percent } from '../../kit/words/figures.ts';
import { useKitWords } from '../../kit/words/texts.ts';
import { useSite } from '../site.ts';
import { useFailureWords } from '../words/failure-words.ts';
import { useSystemTexts } from './system-texts.ts';

type Series = History['series'][number];

const WRITE: Readonly<Record<Series['unit'], (value: number) => string>> = {
  none: (value) => value.toFixed(2),
  percent,
  bytes,
  'bits-per-second': bitRate,
};
const FRESH_MS = 30_000;

/** How load, memory, backlog and bit rates went, as small lines. */
export function HistoryCard() {
  const words = useSystemTexts();
  const kit = useKitWords();
  const failureWords = useFailureWords();
  const { client } = useSite();
  const { value, failure, again } = useLoaded(() => client.get<History>('api/history'), '');
  useEffect(() => {
    const timer = setInterval(again, FRESH_MS);
    return () => clearInterval(timer);
  }, [again]);
  const nameOf = ({ name }: Series): string => {
    const channel = /^channel-(\d+)$/.exec(name)?.[1];
    if (channel !== undefined) return words('series-channel', { channel });
    return words.lookUp(`series-${name}`) ?? name;
  };
  return (
    <Card title={words('history')}>
      {failure && <p class="field-fault">{failureWords(failure)}</p>}
      {value?.series.length === 0 && <p class="empty">{kit('plot-empty')}</p>}
      <div class="plots">
        {value?.series.map((series) => (
          <Plot
            key={series.name}
            label={nameOf(series)}
            values={series.values.map((one) => one ?? undefined)}
            write={WRITE[series.unit]}
            {...(series.unit === 'percent' && { most: 100 })}
          />
        ))}
      </div>
    </Card>
  );
}
