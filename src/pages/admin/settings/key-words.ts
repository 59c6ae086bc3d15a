import { useChannelKeyTexts } from './channel-key-texts.ts';
import { useKeyTexts } from './key-texts.ts';
import type { Leaf } from './schema.ts';
import { useSettingsTexts } from './settings-texts.ts';

export interface KeyWords {
  readonly label: string;
  readonly hint: string | undefined;
}

/** How the key at a path of the file is called; the path itself where no field has it. */
export function useLabelOf(): (path: string) => string {
  const tables = [useKeyTexts(), useChannelKeyTexts()];
  return (path) => {
    const key = path.replaceAll(/\.\d+(?=\.|$)/g, '');
    return tables.map((table) => table.lookUp(key)).find(Boolean) ?? path;
  };
}

/** How a key is called. One that no table has yet shows itself and what the schema says of it. */
export function useKeyWords(): (leaf: Leaf) => KeyWords {
  const words = useSettingsTexts();
  const tables = [useKeyTexts(), useChannelKeyTexts()];
  const lookUp = (key: string): string | undefined => tables.map((table) => table.lookUp(key)).find(Boolean);
  return ({ key, kind, node }) => {
    const told = lookUp(key);
    const hints = [told === undefined ? node.description : lookUp(`${key}?`)];
    if (kind === 'lines') hints.push(words('one-a-line'));
    if (node.default !== undefined && kind !== 'switch' && kind !== 'lines') {
      hints.push(words('default', { value: String(node.default) }));
    }
    return { label: told ?? key.replaceAll('_', ' '), hint: hints.filter(Boolean).join('. ') || undefined };
  };
}
