import { useState } from 'preact/hooks';
import type { SettingsAnswer, SettingsChange } from '../../../admin/api.ts';
import { useToasts } from '../../kit/parts/toast.tsx';
import { useCall } from '../../kit/parts/use-call.ts';
import { useSite } from '../site.ts';
import { faultsOf, useFaultWords } from '../words/failure-words.ts';
import { useTexts } from '../words/texts.ts';
import { asText, isBelow, type Leaf, type Reading, read, valueAt } from './schema.ts';
import { useSettingsTexts } from './settings-texts.ts';

/** What has been typed into a form and not been saved; and the way to save it. */
export function useDraft(leaves: readonly Leaf[], { values }: SettingsAnswer, onSaved: () => void) {
  const texts = useTexts();
  const words = useSettingsTexts();
  const faultWords = useFaultWords();
  const toasts = useToasts();
  const { client } = useSite();
  const call = useCall<object>();
  const [typed, setTyped] = useState<ReadonlyMap<string, string>>(new Map());
  const changed = leaves.filter((leaf) => {
    const text = typed.get(leaf.path);
    return text !== undefined && text !== asText(leaf, valueAt(values, leaf.path) ?? leaf.node.default);
  });
  const refused = faultsOf(call.failure);
  const faultText = (leaf: Leaf, reading: Reading): string | undefined => {
    if (reading.ok) return undefined;
    const { minimum, exclusiveMinimum = '', maximum = '' } = leaf.node;
    return words(reading.fault, { least: minimum ?? exclusiveMinimum, most: maximum });
  };
  const faultOf = (leaf: Leaf): string | undefined => {
    const text = typed.get(leaf.path);
    const own = text === undefined ? undefined : faultText(leaf, readingOf(leaf, text));
    const [, why] = [...refused].find(([path]) => isBelow(path, leaf.path)) ?? [];
    return own ?? (why === undefined ? undefined : words('refused', { why: faultWords(why) }));
  };
  const save = async (): Promise<void> => {
    const change: SettingsChange = [];
    for (const leaf of changed) {
      const reading = readingOf(leaf, typed.get(leaf.path) ?? '');
      if (!reading.ok) return;
      change.push(reading.value === undefined ? { path: leaf.path } : { path: leaf.path, value: reading.value });
    }
    if (change.length === 0 || !(await call.start(() => client.send<object>('PATCH', 'api/settings', change)))) return;
    setTyped(new Map());
    toasts.say(texts('saved'));
    onSaved();
  };
  const type = (leaf: Leaf, text: string): void => setTyped(new Map(typed).set(leaf.path, text));
  return { typed, type, changed, faultOf, save, busy: call.busy, failure: call.failure };
}

const readingOf = (leaf: Leaf, text: string): Reading =>
  leaf.kind === 'switch' ? { ok: true, value: text === 'true' } : read(leaf, text);
