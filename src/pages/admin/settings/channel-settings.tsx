import type { SettingsAnswer } from '../../../admin/api.ts';
import { Notice } from '../../kit/parts/badge.tsx';
import { useLoaded } from '../../kit/parts/use-loaded.ts';
import { useSite } from '../site.ts';
import { useFailureWords } from '../words/failure-words.ts';
import { leavesOf, type SchemaNode, valueAt } from './schema.ts';
import { type Section, SettingsForm } from './settings-form.tsx';

/** These are changed by the buttons above the form; a password also here, because another address wants it again. */
const BY_BUTTON: ReadonlySet<string> = new Set([
  'channels.channel',
  'channels.name',
  'channels.onvif.username',
  'channels.rtsp.username',
]);

/** One section for each part of a channel's entry; parts that its camera has none of are left out. */
function sectionsOf({ schema, values }: SettingsAnswer, path: string): Section[] {
  // The schema is the server's own, made by the same program.
  const { items } = (schema as SchemaNode).properties?.['channels'] ?? {};
  if (!items) return [];
  const entry = valueAt(values, path);
  const other = valueAt(entry, 'onvif') === undefined ? 'onvif' : 'rtsp';
  const onlyOnvif = new Set(other === 'onvif' ? ['onvif', 'ptz', 'events'] : ['rtsp']);
  const parts = Object.entries(items.properties ?? {}).filter(([name]) => !onlyOnvif.has(name));
  const below = ([name, node]: (typeof parts)[number]) =>
    leavesOf({ properties: { [name]: node } }, { path, key: 'channels' }).filter(({ key }) => !BY_BUTTON.has(key));
  const alone = parts.filter(([, node]) => !node.properties).flatMap(below);
  const sections = parts.filter(([, node]) => node.properties).map((part) => ({ name: part[0], leaves: below(part) }));
  return [{ name: 'general', leaves: alone }, ...sections];
}

/** The keys of one channel in the configuration file. */
export function ChannelSettings({ channel }: { channel: number }) {
  const failureWords = useFailureWords();
  const { client } = useSite();
  const load = () => client.get<SettingsAnswer>('api/settings');
  const { value: settings, failure, again } = useLoaded(load, String(channel));
  if (failure) return <Notice tone="bad" title={failureWords(failure)} />;
  const channels = settings && valueAt(settings.values, 'channels');
  if (!settings || !Array.isArray(channels)) return null;
  const at = channels.findIndex((_, place) => valueAt(channels, `${place}.channel`) === channel);
  if (at < 0) return null;
  return <SettingsForm settings={settings} sections={sectionsOf(settings, `channels.${at}`)} onSaved={again} folded />;
}
