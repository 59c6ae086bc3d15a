import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import { EventDesk } from './event-desk.ts';
import type { Habits } from './habits.ts';
import { PresetBook } from './preset-book.ts';
import { PtzHead } from './ptz-head.ts';
import { envelopeWith } from './soap-envelope.ts';

/** What a camera has beside pictures; tests read it and work it. */
export interface Equipment {
  readonly ptz: PtzHead;
  readonly presets: PresetBook;
  readonly events: EventDesk;
}

export function equipment(parts: { readonly clock: Clock; readonly habits: Habits; readonly log: Logger }): Equipment {
  const { clock, habits } = parts;
  return {
    ptz: new PtzHead(clock),
    presets: new PresetBook((name) => habits.has(name)),
    events: new EventDesk({ ...parts, envelopeWith }),
  };
}
