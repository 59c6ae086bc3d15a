import { Icon } from '../../kit/parts/icons.tsx';
import { useTexts } from '../words/texts.ts';
import { usePicture } from './use-picture.ts';

interface PictureProps {
  readonly channel: number;
  readonly name: string;
  /** Without it the last picture stays, and no new one is asked for. */
  readonly fresh: boolean;
}

/** The newest picture of a channel, from the box's cache. The old one stays until the new one is there. */
export function Picture({ channel, name, fresh }: PictureProps) {
  const words = useTexts();
  const seen = usePicture(`api/channels/${channel}/picture`, fresh);
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
