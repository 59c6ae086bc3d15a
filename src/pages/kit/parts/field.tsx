import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { useKitWords } from '../words/texts.ts';
import { Icon } from './icons.tsx';

export interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  /** What is wrong with the value; said beside the field and to a screen reader. */
  readonly fault?: string | undefined;
}

interface Wiring {
  readonly id: string;
  readonly 'aria-invalid': boolean;
  readonly 'aria-describedby': string;
}

/** Label, hint and fault around whatever takes the value. */
export function Field({
  label,
  hint,
  fault,
  children,
}: FieldProps & { children: (wiring: Wiring) => ComponentChildren }) {
  const id = useId();
  const wiring = { id, 'aria-invalid': fault !== undefined, 'aria-describedby': `${id}-hint ${id}-fault` };
  return (
    <div class={fault === undefined ? 'field' : 'field field-bad'}>
      <label for={id}>{label}</label>
      {children(wiring)}
      <p class="field-hint" id={`${id}-hint`}>
        {hint}
      </p>
      <p class="field-fault" id={`${id}-fault`} aria-live="polite">
        {fault}
      </p>
    </div>
  );
}

interface TextFieldProps extends FieldProps {
  readonly value: string;
  readonly onInput?: (value: string) => void;
  readonly readOnly?: boolean;
  readonly type?: 'text' | 'number' | 'url' | 'search';
  readonly placeholder?: string | undefined;
  readonly onBlur?: () => void;
  readonly autocomplete?: string;
  readonly inputmode?: 'text' | 'numeric' | 'url' | 'decimal';
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly required?: boolean;
  readonly name?: string;
}

/** Codes, addresses and names are typed as they are: nothing is corrected on the way. */
const AS_TYPED = { autocapitalize: 'none', spellcheck: false, autocomplete: 'off' } as const;

export function TextField({ label, hint, fault, onInput, type = 'text', ...rest }: TextFieldProps) {
  // The types know one row per kind of input; what is given here is the same in each of them.
  const kind = { type } as { type: 'text' };
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(wiring) => (
        <input
          {...AS_TYPED}
          {...rest}
          {...wiring}
          {...kind}
          onInput={(event) => onInput?.(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

/** A password: hidden, and shown while the person wants to see what they type. */
export function PasswordField({ label, hint, fault, onInput, ...rest }: Omit<TextFieldProps, 'type'>) {
  const words = useKitWords();
  const [shown, setShown] = useState(false);
  // As above.
  const kind = { type: shown ? 'text' : 'password' } as { type: 'text' };
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(wiring) => (
        <span class="with-button">
          <input
            {...AS_TYPED}
            {...rest}
            {...wiring}
            {...kind}
            onInput={(event) => onInput?.(event.currentTarget.value)}
          />
          <button
            type="button"
            class="button button-bare"
            aria-pressed={shown}
            aria-label={words(shown ? 'hide-password' : 'show-password')}
            onClick={() => setShown(!shown)}
          >
            <Icon name="eye" />
          </button>
        </span>
      )}
    </Field>
  );
}

interface ChoiceFieldProps extends FieldProps {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly choices: ReadonlyArray<readonly [value: string, label: string]>;
}

export function ChoiceField({ label, hint, fault, value, onInput, choices }: ChoiceFieldProps) {
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(wiring) => (
        <select {...wiring} value={value} onChange={(event) => onInput(event.currentTarget.value)}>
          {choices.map(([choice, words]) => (
            <option key={choice} value={choice}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface SwitchFieldProps extends FieldProps {
  readonly value: boolean;
  readonly onInput: (value: boolean) => void;
}

export function SwitchField({ label, hint, fault, value, onInput }: SwitchFieldProps) {
  const id = useId();
  return (
    <div class="field field-switch">
      <input
        type="checkbox"
        id={id}
        checked={value}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onInput(event.currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      <p class="field-hint" id={`${id}-hint`}>
        {fault ?? hint}
      </p>
    </div>
  );
}
