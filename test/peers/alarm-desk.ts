import type { TestContext } from 'node:test';
import { AlarmPost, type AlarmPostParts } from '../../src/alarms/alarm-post.ts';
import { PicturePost } from '../../src/alarms/picture-post.ts';
import { type PictureHttp, PictureUpload } from '../../src/alarms/picture-upload.ts';
import type { RememberedAlarm } from '../../src/channel/ports.ts';
import type { GatewayError } from '../../src/runtime/errors.ts';
import { FakeClock } from './fake-clock.ts';
import { readableLog } from './readable-log.ts';

/** The alarm desk between a platform and a web server that do as the test says. */

export const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 0xff, 0xd9]);

/** The edge number `count`: a start for even numbers, an end for odd ones. */
export function edge(count: number, channel = 0): RememberedAlarm {
  const at = new Date(Date.parse('2026-03-04T05:06:07Z') + count * 1_000).toISOString();
  return { channel, alarm: 'motion', state: count % 2 === 0 ? 'start' : 'end', at, desc: `edge ${count}` };
}

/** A request of the desk that waits for the test's word. */
export interface Told {
  readonly edge: RememberedAlarm;
  /** The platform's end has it. */
  readonly received: () => void;
  readonly answer: (url?: string) => void;
  readonly fail: (err: GatewayError) => void;
}

export interface Sent {
  readonly method: string;
  readonly url: URL;
  readonly contentType: string;
  readonly body: Buffer;
}

interface Wishes {
  readonly linked?: boolean;
  readonly book?: AlarmPostParts['book'];
  readonly method?: 'POST' | 'PUT';
  /** What the web server answers to each upload in turn; 200 when there is no more. */
  readonly statuses?: number[];
}

export function deskAtHand(t: TestContext, wishes: Wishes = {}) {
  const clock = new FakeClock();
  const { log, lines, text } = readableLog();
  const told: Told[] = [];
  const sent: Sent[] = [];
  const link = { up: wishes.linked ?? true };
  const kept: Array<readonly RememberedAlarm[]> = [];
  const keepAlarms = (alarms: readonly RememberedAlarm[]): void => void kept.push(alarms);
  const http: PictureHttp = {
    send: async ({ method, url, contentType, body }) => {
      sent.push({ method, url, contentType, body: Buffer.concat(body) });
      return { status: wishes.statuses?.shift() ?? 200 };
    },
    close: () => undefined,
  };
  const upload = new PictureUpload({ http, method: wishes.method ?? 'POST', clock });
  const pictures = new PicturePost({ upload, clock, log });
  const post = new AlarmPost({
    notify: (alarm, received) =>
      new Promise((resolve, reject) => {
        told.push({ edge: alarm, received, answer: (url = '') => resolve(url), fail: reject });
      }),
    linked: () => link.up,
    book: wishes.book ?? { alarms: [], keepAlarms },
    pictures,
    clock,
    log,
  });
  const stop = new AbortController();
  const done = post.run(stop.signal);
  const end = async (): Promise<void> => {
    stop.abort();
    // As the link does when it ends.
    link.up = false;
    for (const { answer } of told) answer();
    await done;
  };
  t.after(end);
  return { post, pictures, clock, told, sent, link, kept, lines, text, end };
}
