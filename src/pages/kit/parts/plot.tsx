import { useKitWords } from '../words/texts.ts';

interface PlotProps {
  readonly label: string;
  /** Oldest first; `undefined` where nothing was measured. */
  readonly values: readonly (number | undefined)[];
  readonly write: (value: number) => string;
  /** The scale's end; without it the highest value is. */
  readonly most?: number;
}

const WIDTH = 240;
const HEIGHT = 56;

/** The line's pieces, one for each stretch without a gap. */
function pieces(values: PlotProps['values'], most: number): string {
  const step = WIDTH / Math.max(values.length - 1, 1);
  let pen = 'M';
  let path = '';
  for (const [at, value] of values.entries()) {
    if (value === undefined) pen = 'M';
    else {
      path += `${pen}${(at * step).toFixed(1)} ${(HEIGHT - (value / most) * (HEIGHT - 4) - 2).toFixed(1)}`;
      pen = 'L';
    }
  }
  return path;
}

/** A small line of how a figure went, with its newest value in words. */
export function Plot({ label, values, write, most }: PlotProps) {
  const words = useKitWords();
  const known = values.filter((value) => value !== undefined);
  const now = known.at(-1);
  const highest = Math.max(...known, 0);
  const spoken =
    now === undefined
      ? words('plot-empty')
      : words('plot-summary', { label, now: write(now), highest: write(highest) });
  return (
    <figure class="plot">
      <figcaption>
        <span>{label}</span>
        {now === undefined ? <span class="soft">{spoken}</span> : <strong>{write(now)}</strong>}
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={spoken}>
        <path d={pieces(values, Math.max(most ?? highest, Number.EPSILON))} />
      </svg>
    </figure>
  );
}
