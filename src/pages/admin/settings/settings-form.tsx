import type { ComponentChildren } from 'preact';
import type { SettingsAnswer } from '../../../admin/api.ts';
import { Button } from '../../kit/parts/button.tsx';
import { LeafField } from './leaf-field.tsx';
import { RefusalNotice } from './refusal-notice.tsx';
import { type Leaf, valueAt } from './schema.ts';
import { useSettingsTexts } from './settings-texts.ts';
import { useDraft } from './use-draft.ts';

export interface Section {
  readonly name: string;
  readonly leaves: readonly Leaf[];
  /** What stands below its fields. */
  readonly more?: ComponentChildren;
}

interface SettingsFormProps {
  readonly settings: SettingsAnswer;
  readonly sections: readonly Section[];
  readonly onSaved: () => void;
  /** Sections stay closed until they are wanted. */
  readonly folded?: boolean;
}

/** Every key of some sections, each with its field; all changes are saved together, or none. */
export function SettingsForm({ settings, sections, onSaved, folded = false }: SettingsFormProps) {
  const words = useSettingsTexts();
  const leaves = sections.flatMap((section) => section.leaves);
  const draft = useDraft(leaves, settings, onSaved);
  const known = leaves.map(({ path }) => path);
  const submit = (event: Event): void => {
    event.preventDefault();
    void draft.save();
  };
  return (
    <form onSubmit={submit} noValidate class="stack">
      {sections.map((section) => (
        <SectionFields key={section.name} section={section} settings={settings} draft={draft} folded={folded} />
      ))}
      <div class={draft.changed.length > 0 ? 'save-bar save-bar-on' : 'save-bar'}>
        <div role="status">
          <RefusalNotice failure={draft.failure} marked={known} />
        </div>
        <Button type="submit" look="main" busy={draft.busy} disabled={draft.changed.length === 0}>
          {draft.changed.length === 0 ? words('unchanged') : words('save-count', { count: draft.changed.length })}
        </Button>
      </div>
    </form>
  );
}

interface SectionFieldsProps {
  readonly section: Section;
  readonly settings: SettingsAnswer;
  readonly draft: ReturnType<typeof useDraft>;
  readonly folded: boolean;
}

function SectionFields({ section: { name, leaves, more }, settings, draft, folded }: SectionFieldsProps) {
  const words = useSettingsTexts();
  return (
    <details class="card settings-section" open={!folded}>
      <summary>
        <h2>{words.lookUp(`section-${name}`) ?? name}</h2>
      </summary>
      <div class="settings-fields">
        {leaves.map((leaf) => (
          <LeafField
            key={leaf.path}
            leaf={leaf}
            value={valueAt(settings.values, leaf.path)}
            typed={draft.typed.get(leaf.path)}
            fault={draft.faultOf(leaf)}
            onInput={(text) => draft.type(leaf, text)}
          />
        ))}
      </div>
      {more}
    </details>
  );
}
