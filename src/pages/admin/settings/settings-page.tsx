import type { SettingsAnswer } from '../../../admin/api.ts';
import { Notice } from '../../kit/parts/badge.tsx';
import { useLoaded } from '../../kit/parts/use-loaded.ts';
import { useSite } from '../site.ts';
import { useFailureWords } from '../words/failure-words.ts';
import { useTexts } from '../words/texts.ts';
import { CameraLogins } from './camera-logins.tsx';
import { leavesOf, type SchemaNode } from './schema.ts';
import { type Section, SettingsForm } from './settings-form.tsx';
import { useSettingsTexts } from './settings-texts.ts';

/** These have pages of their own. */
const ELSEWHERE: ReadonlySet<string> = new Set(['channels']);
const ON_PLATFORM_PAGE: ReadonlySet<string> = new Set([
  'platform.url',
  'platform.login_code',
  'platform.login_password',
]);

/** One section for each part of the file; keys that stand alone come first. */
function sectionsOf(schema: SchemaNode, logins: Section['more']): Section[] {
  const parts = Object.entries(schema.properties ?? {}).filter(([name]) => !ELSEWHERE.has(name));
  const alone = leavesOf({ properties: Object.fromEntries(parts.filter(([, node]) => !node.properties)) }, ROOT);
  const sections = parts.flatMap(([name, node]): Section[] => {
    if (!node.properties) return [];
    const leaves = leavesOf(node, { path: name, key: name }).filter(({ path }) => !ON_PLATFORM_PAGE.has(path));
    return [name === 'discovery' ? { name, leaves, more: logins } : { name, leaves }];
  });
  return [...sections, { name: 'general', leaves: alone }];
}

const ROOT = { path: '', key: '' };

/** All keys of the configuration file that have no page of their own. */
export function SettingsPage() {
  const words = useSettingsTexts();
  const texts = useTexts();
  const failureWords = useFailureWords();
  const { client } = useSite();
  const { value: settings, failure, again } = useLoaded(() => client.get<SettingsAnswer>('api/settings'), '');
  return (
    <div class="stack">
      <h1>{texts('settings')}</h1>
      {failure && <Notice tone="bad" title={failureWords(failure)} />}
      {settings && (
        <>
          <p class="soft">{words('intro', { file: settings.file })}</p>
          <SettingsForm
            settings={settings}
            // The schema is the server's own, made by the same program.
            sections={sectionsOf(settings.schema as SchemaNode, <CameraLogins settings={settings} onChanged={again} />)}
            onSaved={again}
          />
        </>
      )}
    </div>
  );
}
