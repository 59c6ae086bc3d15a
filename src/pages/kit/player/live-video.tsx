import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../parts/icons.tsx';
import { useKitWords } from '../words/texts.ts';
import type { PlaybackState } from './playback.ts';

interface LiveVideoProps {
  /** Of the stream, HTTP-FLV. */
  readonly url: string;
  /** What is seen, for those who do not see it. */
  readonly label: string;
  /** Shown until the first picture is there. */
  readonly poster?: string;
  readonly onState?: (state: PlaybackState) => void;
}

/** Live video that opens itself again. Its own place is kept from the start, so that nothing jumps. */
export function LiveVideo({ url, label, poster, onState }: LiveVideoProps) {
  const words = useKitWords();
  const video = useRef<HTMLVideoElement>(null);
  const figure = useRef<HTMLElement>(null);
  const [sound, setSound] = useState(false);
  const [state, setState] = useState<PlaybackState>({ kind: 'starting' });
  useEffect(() => {
    const { current } = video;
    if (!current) return;
    const life = new AbortController();
    const tell = (news: PlaybackState): void => {
      if (life.signal.aborted) return;
      setState(news);
      onState?.(news);
    };
    // Not in the first view: who only looks at the overview needs no player.
    import('./playback.ts')
      .then(({ play }) => play({ video: current, url, sound, onState: tell }, life.signal))
      .catch(() => tell({ kind: 'unsupported' }));
    return () => life.abort();
  }, [url, sound, onState]);
  return (
    <figure class="live" ref={figure} data-state={state.kind}>
      <video ref={video} muted={!sound} autoplay playsInline aria-label={label} poster={poster} />
      <figcaption class="live-bar">
        <span role="status">{sentence(words, state)}</span>
        <button type="button" aria-pressed={sound} aria-label={words('sound')} onClick={() => setSound(!sound)}>
          <Icon name={sound ? 'sound' : 'mute'} />
        </button>
        <button type="button" aria-label={words('full-screen')} onClick={() => showFull(figure.current, video.current)}>
          <Icon name="full" />
        </button>
      </figcaption>
    </figure>
  );
}

function sentence(words: ReturnType<typeof useKitWords>, state: PlaybackState): string {
  switch (state.kind) {
    case 'playing':
      return '';
    case 'codec-unknown':
      return words('live-codec', { codec: state.codec });
    default:
      return words(`live-${state.kind}`);
  }
}

/** An iPhone shows only the video itself in full. */
function showFull(
  figure: HTMLElement | null,
  video: (HTMLVideoElement & { webkitEnterFullscreen?: () => void }) | null,
) {
  if (figure?.requestFullscreen) figure.requestFullscreen().catch(() => undefined);
  else video?.webkitEnterFullscreen?.();
}
