import { Card } from '../../kit/parts/card.tsx';
import { Icon } from '../../kit/parts/icons.tsx';
import { useFailureWords } from '../words/failure-words.ts';
import { useChannelTexts } from './channel-texts.ts';
import type { Move } from './hold.ts';
import { type MoveButton, PAD, ZOOM } from './moves.ts';
import { Presets } from './presets.tsx';
import { useHold } from './use-hold.ts';

/** Moves a camera by mouse, touch and keyboard: as long as something is held. */
export function PtzPad({ channel }: { channel: number }) {
  const words = useChannelTexts();
  const failureWords = useFailureWords();
  const { speed, setSpeed, moving, failure, press, release, pressKey, releaseKey } = useHold(channel);
  const button = (cell: MoveButton) => (
    <PadButton key={cell[0]} cell={cell} moving={moving} press={(move) => press(move, 'hand')} release={release} />
  );
  const keys = { onKeyDown: pressKey, onKeyUp: releaseKey, onFocusOut: releaseKey };
  return (
    <Card title={words('ptz')}>
      <fieldset class="ptz" aria-label={words('ptz-pad')} {...keys}>
        <div class="ptz-pad">{PAD.map((cell) => (cell ? button(cell) : <span key="middle" class="ptz-middle" />))}</div>
        <div class="ptz-zoom">{ZOOM.map(button)}</div>
      </fieldset>
      <label class="ptz-speed">
        {words('speed')}
        <input
          type="range"
          min={10}
          max={100}
          step={10}
          value={speed}
          onInput={(event) => setSpeed(Number(event.currentTarget.value))}
        />
      </label>
      <p class="soft small">{words('ptz-hint')}</p>
      <p class="field-fault" role="status">
        {failure ? failureWords(failure) : ''}
      </p>
      <span class="unseen" role="status">
        {moving ? `${words('moving')}: ${words(moving)}` : ''}
      </span>
      <Presets channel={channel} />
    </Card>
  );
}

interface PadButtonProps {
  readonly cell: MoveButton;
  readonly moving: Move | undefined;
  readonly press: (move: Move) => void;
  readonly release: () => void;
}

function PadButton({ cell: [move, icon], moving, press, release }: PadButtonProps) {
  const words = useChannelTexts();
  return (
    <button
      type="button"
      class={moving === move ? 'ptz-button ptz-moving' : 'ptz-button'}
      data-move={move}
      aria-label={words(move)}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        // Whatever happens to the pointer afterwards, this button hears of it.
        event.currentTarget.setPointerCapture(event.pointerId);
        press(move);
      }}
      onPointerUp={release}
      onPointerCancel={release}
      onLostPointerCapture={release}
      onContextMenu={(event) => event.preventDefault()}
    >
      <Icon name={icon} />
    </button>
  );
}
