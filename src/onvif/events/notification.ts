import { z } from 'zod';
import { element, elements, text } from '../reply.ts';
import { canonicalTopic } from './topics.ts';

export interface Item {
  readonly name: string;
  readonly value: string;
}

/** One `tt:Message` with its topic, whichever of the two ways it came. */
export interface Notification {
  /** Canonical: no prefixes, case as the camera wrote it. */
  readonly topic: string;
  /** Absent, or a word we don't know, is an ordinary message. */
  readonly operation: 'Initialized' | 'Changed' | 'Deleted' | undefined;
  readonly source: readonly Item[];
  readonly key: readonly Item[];
  readonly data: readonly Item[];
}

/** More in one reply is a fault of the camera; the rest is dropped. */
const MOST_NOTIFICATIONS = 1000;
const MOST_ITEMS = 32;
const LONGEST_VALUE = 256;

const simpleItem = elements({ '@Name': text, '@Value': text });

/** Hanwha writes the description's element name where the item's belongs. */
const items = element({ SimpleItem: simpleItem, SimpleItemDescription: simpleItem }).transform(
  ({ SimpleItem, SimpleItemDescription }): Item[] =>
    [...SimpleItem, ...SimpleItemDescription]
      .slice(0, MOST_ITEMS)
      .map((item) => ({ name: item['@Name'] ?? '', value: (item['@Value'] ?? '').slice(0, LONGEST_VALUE) }))
      .filter(({ name }) => name !== ''),
);

const OPERATIONS = ['Initialized', 'Changed', 'Deleted'] as const;

const operation = text.transform((written) =>
  OPERATIONS.find((known) => known.toLowerCase() === written?.trim().toLowerCase()),
);

const message = z.object({ '@PropertyOperation': operation, Source: items, Key: items, Data: items });

const holders = elements({
  Topic: text,
  Message: elements({ Message: elements(message.shape) }),
});

/**
 * All messages of a PullMessages reply or of a Notify, from what stands under `NotificationMessage`. A topic with no
 * message at all is one message without items: a doorbell may send no more. The camera's time is not read: it may be
 * anything, and an alarm's time is that of its arrival.
 */
export const notifications = z.preprocess(cut, holders).transform((list): Notification[] => {
  const found = list.flatMap(({ Topic, Message }) => {
    const topic = canonicalTopic(Topic ?? '');
    if (topic === '') return [];
    const messages = Message.flatMap((holder) => holder.Message);
    return (messages.length > 0 ? messages : [EMPTY]).map((each) => ({
      topic,
      operation: each['@PropertyOperation'],
      source: each.Source,
      key: each.Key,
      data: each.Data,
    }));
  });
  return found.slice(0, MOST_NOTIFICATIONS);
});

const EMPTY = message.parse({});

/** Before the reading, so that a reply full of rubbish costs no more than a full one. */
function cut(list: unknown): unknown {
  return Array.isArray(list) ? list.slice(0, MOST_NOTIFICATIONS) : list;
}

/** Source items that name a video source, a configuration of one, or the channel of a recorder, best first. */
const SOURCE_NAMES = ['videosourcetoken', 'videosourceconfigurationtoken', 'videosource', 'source', 'channel'];

/** The video source that a message is about; undefined where it does not say. */
export function videoSourceOf({ source }: Notification): string | undefined {
  for (const wanted of SOURCE_NAMES) {
    const item = source.find(({ name }) => name.toLowerCase() === wanted);
    if (item && item.value !== '') return item.value;
  }
  return undefined;
}
