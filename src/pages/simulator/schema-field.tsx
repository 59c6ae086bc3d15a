import { ChoiceField, SwitchField, TextField } from '../kit/parts/field.tsx';
import { useFieldWords } from './field-texts.ts';
import type { FormField } from './schema.ts';
import { useWords } from './texts.ts';

interface SchemaFieldProps {
  readonly field: FormField;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly onBlur?: () => void;
}

/** The field for one parameter or switch. Names are the protocol's own, so they are not translated. */
export function SchemaField({ field, value, onInput, onBlur }: SchemaFieldProps) {
  const hint = useHint(field);
  const { name, kind, choices, required } = field;
  if (kind === 'switch') {
    return <SwitchField label={name} hint={hint} value={value === 'true'} onInput={(on) => onInput(String(on))} />;
  }
  if (kind === 'choice') {
    const none = required ? [] : [['', '–'] as const];
    return (
      <ChoiceField
        label={name}
        hint={hint}
        value={value}
        onInput={onInput}
        choices={[...none, ...choices.map((choice) => [choice, choice] as const)]}
      />
    );
  }
  return (
    <TextField
      label={name}
      hint={hint}
      value={value}
      onInput={onInput}
      inputmode={kind === 'number' ? 'numeric' : 'text'}
      {...(onBlur && { onBlur })}
    />
  );
}

/** What the name means, its range, and whether it may be left out. */
function useHint({ name, from, to, required, kind }: FormField): string {
  const words = useWords();
  const { lookUp } = useFieldWords();
  const limited = kind === 'number' && from !== undefined && to !== undefined;
  const range = limited ? words('range', { from, to }) : undefined;
  return [lookUp(name), range, required || kind === 'switch' ? undefined : words('optional')]
    .filter((part) => part !== undefined)
    .join('; ');
}
