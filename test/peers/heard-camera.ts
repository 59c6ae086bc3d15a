import type { TestContext } from 'node:test';
import type { AlarmReport } from '../../src/channel/alarm.ts';
import type { HearingState } from '../../src/channel/ports.ts';
import { type AlarmListener, AlarmSource, type AlarmSourceParts } from '../../src/onvif/events/alarm-source.ts';
import { type EventWatchParts, watchEvents } from '../../src/onvif/events/event-watch.ts';
import type { Notification } from '../../src/onvif/events/notification.ts';
import { WebhookReceiver } from '../../src/onvif/events/webhook-receiver.ts';
import { together } from '../../src/runtime/supervise.ts';
import type { BadHabitName } from '../../src/simulator/camera/bad-habits.ts';
import type { CameraEvent } from '../../src/simulator/camera/event-desk.ts';
import { eventCalls } from './event-calls.ts';
import { FakeClock } from './fake-clock.ts';
import { LeanCamera } from './lean-camera.ts';
import { fact } from './onvif-visit.ts';
import { readableLog } from './readable-log.ts';

export const motion = (on: boolean): CameraEvent => ({
  topic: 'tns1:VideoSource/MotionAlarm',
  operation: 'Changed',
  source: [['Source', 'vs0']],
  data: [['State', String(on)]],
});

/** A receiver for cameras' calls at 127.0.0.1. */
export async function webhookReceiver(t: TestContext): Promise<{ receiver: WebhookReceiver; port: number }> {
  const receiver = new WebhookReceiver({ host: '127.0.0.1', port: 0, log: readableLog().log });
  const life = new AbortController();
  let done: Promise<void> = Promise.resolve();
  const port = await new Promise<number>((ready) => {
    done = receiver.run(life.signal, ready);
  });
  t.after(async () => {
    life.abort();
    await done;
  });
  return { receiver, port };
}

/** A virtual camera and the alarms heard from it, on one clock that stands still. */
export async function heardCamera(
  t: TestContext,
  habits: readonly BadHabitName[] = [],
  wishes: Partial<AlarmSourceParts & EventWatchParts & { belongs: (message: Notification) => boolean }> = {},
) {
  const clock = new FakeClock();
  const camera = await LeanCamera.start(t, clock, habits);
  const { log, lines, text } = readableLog();
  const parts = { calls: eventCalls(t, clock), events: camera.at('/onvif/event'), clock, log, random: () => 0.5 };
  const all = { ...parts, ...wishes };
  const source = new AlarmSource(all);
  const reports: AlarmReport[] = [];
  const hearings: HearingState[] = [];
  const listener: AlarmListener = {
    alarm: (report) => void reports.push(report),
    hearing: (state) => void hearings.push(state),
  };
  const life = new AbortController();
  const done = together(life.signal, [
    { run: (signal) => source.run(listener, signal) },
    { run: (signal) => watchEvents(all, source.sink(wishes.belongs), signal) },
  ]);
  const end = async (): Promise<void> => {
    life.abort();
    await done;
  };
  t.after(end);
  return {
    clock,
    camera,
    source,
    reports,
    hearings,
    lines,
    text,
    end,
    /** Edges as words, in their order. */
    told: () => reports.map(({ alarm, state }) => `${alarm} ${state}`),
    /** Resolves when the camera has so many subscriptions, and the last one is being pulled. */
    subscribed: (times = 1) => fact(() => camera.events.counts.made >= times && camera.events.counts.waiting > 0),
    /** Lets time go by in steps, so that what each sets off can cross the network before the next. */
    pass: async (ms: number, step = 1000): Promise<void> => {
      for (let gone = 0; gone < ms; gone += step) {
        await clock.advance(step);
        for (let turn = 0; turn < 30; turn++) await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}
