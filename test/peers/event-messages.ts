import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Notification, notifications } from '../../src/onvif/events/notification.ts';
import { content } from '../../src/onvif/reply.ts';
import { parseXml, type Xml, xml } from '../../src/onvif/xml.ts';

/** One message as the fixtures have it: facts of a real camera's message, without its bytes. */
export interface MessageFacts {
  readonly topic: string;
  readonly operation?: string;
  readonly source?: ReadonlyArray<readonly [string, string]>;
  readonly key?: ReadonlyArray<readonly [string, string]>;
  readonly data?: ReadonlyArray<readonly [string, string]>;
  readonly elements?: readonly string[];
}

/** The rows of a fixture of ours, one JSON object a line. */
export function fixture<T>(name: string): T[] {
  const file = join(import.meta.dirname, '..', 'fixtures', 'onvif-events', name);
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as T); // Written by us; the tests are what checks it.
}

/** A message as a camera writes it. */
export function messageXml({ topic, operation, source, key, data, elements }: MessageFacts): Xml {
  const items = (list: MessageFacts['data'] = []) =>
    list.map(([name, value]) => xml`<tt:SimpleItem Name="${name}" Value="${value}"/>`);
  const boxes = (elements ?? []).map((name) => xml`<tt:ElementItem Name="${name}"><tt:Any/></tt:ElementItem>`);
  const change = operation === undefined ? undefined : xml` PropertyOperation="${operation}"`;
  return xml`<wsnt:NotificationMessage><wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">${topic}</wsnt:Topic>
<wsnt:Message><tt:Message UtcTime="1970-01-01T00:00:00"${change}><tt:Source>${items(source)}</tt:Source>
<tt:Key>${items(key)}</tt:Key><tt:Data>${items(data)}${boxes}</tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>`;
}

/** What stands in a piece of markup, as the gateway reads it. */
export function parsedMessages(markup: string): Notification[] {
  return notifications.parse(
    content.parse(content.parse(parseXml(`<Reply>${markup}</Reply>`)).get('Reply')).get('NotificationMessage'),
  );
}

export function message(facts: MessageFacts): Notification[] {
  return parsedMessages(messageXml(facts).toString());
}
