import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { CallFailed } from '../../kit/net/client.ts';
import { Card } from '../../kit/parts/card.tsx';
import { Icon, type IconName } from '../../kit/parts/icons.tsx';
import { useSite } from '../site.ts';
import { useFailureWords } from '../words/failure-words.ts';
import { useChannelTexts } from './channel-texts.ts';
import { Hold, type Move } from './hold.ts';
import { Presets } from './presets.tsx';

/** Where each button stands in the field of three by three. */
const PAD: ReadonlyArray<readonly [move: Move, icon: IconName] | undefined> = [
  ['upleft', 'up-left'],
  ['up', 'up'],
  ['upright', 'up-right'],
  ['left', 'left'],
  undefined,
  ['right', 'right'],
  ['downleft', 'down-left'],
  ['down', 'down'],
  ['downright', 'down-right'],
];
const ZOOM: ReadonlyArray<readonly [move: Move, icon: IconName]> = [
  ['zoomin', 'plus'],
  ['zoomout', 'minus'],
];
const KEYS: ReadonlyMap<string, Move> = new Map([
  ['ArrowUp', 'up'],
  ['ArrowDown', 'down'],
  ['ArrowLeft', 'left'],
  ['ArrowRight', 'right'],
  ['+', 'zoomin'],
  ['=', 'zoomin'],
  ['-', 'zoomout'],
]);
/** A held space bar or return key presses the button under it. */
const PRESS_KEYS: ReadonlySet<string> = new Set([' ', 'Enter']);
const USUAL_SPEED = 50;

/** Moves a camera by mouse, touch and keyboard: as long as something is held. */
export function PtzPad({ channel }: { channel: number }) {
  const words = useChannelTexts();
  const failureWords = useFailureWords();
  const { client, connected, page } = useSite();
  const [speed, setSpeed] = useState(USUAL_SPEED);
  const [moving, setMoving] = useState<Move | undefined>(undefined);
  const [failure, setFailure] = useState<CallFailed | undefined>(undefined);
  const byKey = useRef(false);
  const hold = useMemo(
    () =>
      new Hold({
        send: (request) => client.send('POST', `api/channels/${channel}/ptz`, { ...request, page }),
        onMoving: setMoving,
        onFailure: (err) => setFailure(err instanceof CallFailed ? err : undefined),
      }),
    [client, channel, page],
  );
  useEffect(() => {
    const life = new AbortController();
    hold.guard(life.signal);
    return () => life.abort();
  }, [hold]);
  useEffect(() => {
    if (!connected) hold.release();
  }, [connected, hold]);
  const press = (move: Move): void => {
    setFailure(undefined);
    hold.press(move, speed);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = KEYS.get(event.key) ?? moveUnder(event);
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (event.repeat) return;
    byKey.current = true;
    press(move);
  };
  // A press by hand moves the focus too, and must not end by that.
  const releaseKey = (): void => {
    if (byKey.current) hold.release();
  };
  const button = ([move, icon]: readonly [Move, IconName]) => (
    <button
      key={move}
      type="button"
      class={moving === move ? 'ptz-button ptz-moving' : 'ptz-button'}
      data-move={move}
      aria-label={words(move)}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        // Whatever happens to the pointer afterwards, this button hears of it.
        event.currentTarget.setPointerCapture(event.pointerId);
        byKey.current = false;
        press(move);
      }}
      onPointerUp={() => hold.release()}
      onPointerCancel={() => hold.release()}
      onLostPointerCapture={() => hold.release()}
      onContextMenu={(event) => event.preventDefault()}
    >
      <Icon name={icon} />
    </button>
  );
  return (
    <Card title={words('ptz')}>
      <fieldset
        class="ptz"
        aria-label={words('ptz-pad')}
        onKeyDown={onKeyDown}
        onKeyUp={releaseKey}
        onFocusOut={releaseKey}
      >
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

function moveUnder({ key, target }: KeyboardEvent): Move | undefined {
  if (!PRESS_KEYS.has(key) || !(target instanceof HTMLElement)) return undefined;
  const named = target.dataset['move'];
  return [...PAD, ...ZOOM].find((cell) => cell?.[0] === named)?.[0];
}
