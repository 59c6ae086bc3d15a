import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../../kit/parts/icons.tsx';
import { useTexts } from '../words/texts.ts';

const EVERY_MS = 5_000;

interface PictureProps {
  readonly channel: number;
  readonly name: string;
  /** Without it the last picture stays, and no new one is asked for. */
  readonly fresh: boolean;
}

/** The newest picture of a channel, from the box's cache. The old one stays until the new one is there. */
export function Picture({ channel, name, fresh }: PictureProps) {
  const words = useTexts();
  const [round, setRound] = useState(0);
  const [seen, setSeen] = useState<string | undefined>(undefined);
  useEffect(() => {
    if (!fresh) return;
    const next = (): void => {
      if (document.visibilityState === 'visible') setRound((before) => before + 1);
    };
    const timer = setInterval(next, EVERY_MS);
    return () => clearInterval(timer);
  }, [fresh]);
  useEffect(() => {
    const image = new Image();
    const address = `api/channels/${channel}/picture?round=${round}`;
    image.onload = () => setSeen(address);
    image.src = address;
    return () => {
      image.onload = null;
    };
  }, [channel, round, fresh]);
  return (
    <div class="picture">
      {seen === undefined ? (
        <span class="picture-none">
          <Icon name="camera" />
          {words('picture-none')}
        </span>
      ) : (
        <img src={seen} alt={words('picture-of', { name })} class={fresh ? undefined : 'picture-old'} />
      )}
    </div>
  );
}
