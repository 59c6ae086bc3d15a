import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { CallFailed } from '../../kit/net/client.ts';
import { useSite } from '../site.ts';
import { Hold, type Move } from './hold.ts';
import { moveOf } from './moves.ts';

const USUAL_SPEED = 50;

/** A channel's camera under somebody's hand: what it does, and what mouse, touch and keyboard want of it. */
export function useHold(channel: number) {
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
  const press = (move: Move, how: 'hand' | 'key'): void => {
    byKey.current = how === 'key';
    setFailure(undefined);
    hold.press(move, speed);
  };
  const pressKey = (event: KeyboardEvent): void => {
    const move = moveOf(event);
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (!event.repeat) press(move, 'key');
  };
  // A press by hand moves the focus too, and must not end by that.
  const releaseKey = (): void => {
    if (byKey.current) hold.release();
  };
  return { speed, setSpeed, moving, failure, press, release: () => hold.release(), pressKey, releaseKey };
}
