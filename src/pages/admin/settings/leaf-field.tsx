import { ChoiceField, Field, PasswordField, SwitchField, TextField } from '../../kit/parts/field.tsx';
import { useKeyWords } from './key-words.ts';
import { asText, isInFileOnly, isSet, type Leaf } from './schema.ts';
import { useSettingsTexts } from './settings-texts.ts';

interface LeafFieldProps {
  readonly leaf: Leaf;
  /** As it is in use. */
  readonly value: unknown;
  /** As typed since; undefined when it was left alone. */
  readonly typed: string | undefined;
  readonly fault: string | undefined;
  readonly onInput: (typed: string) => void;
}

/** The field for one key: what kind of field is the schema's to say. */
export function LeafField({ leaf, value, typed, fault, onInput }: LeafFieldProps) {
  const words = useSettingsTexts();
  const { label, hint } = useKeyWords()(leaf);
  const { kind, node } = leaf;
  const shown = typed ?? asText(leaf, value ?? node.default);
  if (isInFileOnly(leaf)) return <TextField label={label} hint={words('in-file-only')} value={shown} readOnly />;
  const field = { label, hint, fault, onInput };
  if (kind === 'switch') {
    return <SwitchField {...field} value={shown === 'true'} onInput={(on) => onInput(String(on))} />;
  }
  if (kind === 'choice') {
    return (
      <ChoiceField {...field} value={shown} choices={(node.enum ?? []).map((choice) => [choice, choice] as const)} />
    );
  }
  if (kind === 'secret') {
    const set = words(isSet(value) ? 'secret-set' : 'secret-unset');
    return <PasswordField {...field} hint={hint ?? set} value={shown} autocomplete="new-password" />;
  }
  if (kind === 'lines') {
    return (
      <Field label={label} hint={hint} fault={fault}>
        {(wiring) => (
          <textarea {...wiring} rows={2} value={shown} onInput={(event) => onInput(event.currentTarget.value)} />
        )}
      </Field>
    );
  }
  return <TextField {...field} value={shown} inputmode={kind === 'number' ? 'decimal' : 'text'} />;
}
