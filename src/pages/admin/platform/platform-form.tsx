import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { PlatformTestAnswer } from '../../../admin/api.ts';
import { Notice } from '../../kit/parts/badge.tsx';
import { Button } from '../../kit/parts/button.tsx';
import { PasswordField, SwitchField, TextField } from '../../kit/parts/field.tsx';
import { useCall } from '../../kit/parts/use-call.ts';
import { useSite } from '../site.ts';
import { useFailureWords } from '../words/failure-words.ts';
import { useTexts } from '../words/texts.ts';
import { type Address, addressFault, addressText, keepsPassword, withHost } from './address.ts';
import { usePlatformTexts } from './platform-texts.ts';

export interface PlatformLogin {
  readonly address: Address;
  readonly loginCode: string;
  readonly loginPassword: string;
}

interface PlatformFormProps {
  readonly value: PlatformLogin;
  readonly onChange: (value: PlatformLogin) => void;
  /** Where the password that the box has was given for; as long as that stays, an empty field keeps it. */
  readonly passwordFor?: Address;
  readonly submitLabel: string;
  readonly busy: boolean;
  readonly onSubmit: () => void;
  /** What the box said to the last attempt. */
  readonly children?: ComponentChildren;
}

/** Address, login, and a test that says in plain words what the platform answers. */
export function PlatformForm({ value, onChange, passwordFor, ...rest }: PlatformFormProps) {
  const [marked, setMarked] = useState(false);
  const { address, loginCode, loginPassword } = value;
  const passwordKept = passwordFor !== undefined && keepsPassword(passwordFor, address);
  const missing = { code: loginCode.trim() === '', password: !passwordKept && loginPassword === '' };
  const complete = addressFault(address) === undefined && !missing.code && !missing.password;
  const checked = (then: () => void) => {
    setMarked(true);
    if (complete) then();
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    checked(rest.onSubmit);
  };
  const passwordHint = passwordKept ? 'login-password-kept' : passwordFor && 'login-password-again';
  return (
    <form onSubmit={submit} noValidate>
      <AddressFields address={address} marked={marked} onChange={(next) => onChange({ ...value, address: next })} />
      <LoginFields {...{ value, onChange, passwordHint }} missing={marked ? missing : NOTHING_MISSING} />
      {rest.children}
      <LoginTest value={value} checked={checked} submitLabel={rest.submitLabel} busy={rest.busy} />
    </form>
  );
}

interface AddressFieldsProps {
  readonly address: Address;
  /** Somebody has tried to go on: what is missing is told now. */
  readonly marked: boolean;
  readonly onChange: (address: Address) => void;
}

function AddressFields({ address, marked, onChange }: AddressFieldsProps) {
  const words = usePlatformTexts();
  const wrong = addressFault(address);
  return (
    <>
      <TextField
        label={words('host')}
        hint={words('host-hint')}
        placeholder="ovc.example.com"
        inputmode="url"
        value={address.host}
        onInput={(host) => onChange(withHost(address, host))}
        fault={marked && wrong?.startsWith('host') ? words(wrong) : undefined}
      />
      <TextField
        label={words('port')}
        hint={words('port-hint')}
        inputmode="numeric"
        value={address.port}
        onInput={(port) => onChange({ ...address, port: port.trim() })}
        fault={wrong === 'port-wrong' ? words(wrong) : undefined}
      />
      {address.path !== '' && (
        <TextField
          label={words('path')}
          value={address.path}
          onInput={(path) => onChange({ ...address, path: path.trim() })}
        />
      )}
      <SwitchField
        label={words('encrypted')}
        value={address.encrypted}
        onInput={(encrypted) => onChange({ ...address, encrypted })}
      />
    </>
  );
}

const NOTHING_MISSING = { code: false, password: false };

interface LoginFieldsProps extends Pick<PlatformFormProps, 'value' | 'onChange'> {
  readonly passwordHint: 'login-password-kept' | 'login-password-again' | undefined;
  readonly missing: typeof NOTHING_MISSING;
}

function LoginFields({ value, onChange, passwordHint, missing }: LoginFieldsProps) {
  const words = usePlatformTexts();
  return (
    <>
      <TextField
        label={words('login-code')}
        hint={words('login-code-hint')}
        value={value.loginCode}
        onInput={(loginCode) => onChange({ ...value, loginCode })}
        fault={missing.code ? words('login-code-missing') : undefined}
      />
      <PasswordField
        label={words('login-password')}
        hint={passwordHint && words(passwordHint)}
        value={value.loginPassword}
        onInput={(loginPassword) => onChange({ ...value, loginPassword })}
        fault={missing.password ? words('login-password-missing') : undefined}
      />
    </>
  );
}

interface LoginTestProps extends Pick<PlatformFormProps, 'value' | 'submitLabel' | 'busy'> {
  readonly checked: (then: () => void) => void;
}

function LoginTest({ value, checked, submitLabel, busy }: LoginTestProps) {
  const words = usePlatformTexts();
  const texts = useTexts();
  const failureWords = useFailureWords();
  const { client } = useSite();
  const call = useCall<PlatformTestAnswer>();
  const [answer, setAnswer] = useState<PlatformTestAnswer | undefined>(undefined);
  const test = async (): Promise<void> => {
    setAnswer(undefined);
    setAnswer(await call.start(() => client.send('POST', 'api/platform/test', asBody(value))));
  };
  return (
    <>
      <div role="status">
        {call.failure && <Notice tone="bad" title={failureWords(call.failure)} />}
        {answer?.ok === true && <Notice tone="good" title={words('test-ok')} />}
        {answer?.ok === false && (
          <Notice tone="bad" title={words(`test-${answer.kind}`)}>
            <details class="small">
              <summary>{texts('detail')}</summary>
              <code>{answer.why}</code>
            </details>
          </Notice>
        )}
      </div>
      <div class="buttons">
        <Button type="submit" look="main" busy={busy}>
          {submitLabel}
        </Button>
        <Button busy={call.busy} onClick={() => checked(() => void test())}>
          {words('test')}
        </Button>
      </div>
    </>
  );
}

/** As the API takes it; without a password the one in use stays. */
export function asBody({ address, loginCode, loginPassword }: PlatformLogin) {
  const login = { url: addressText(address), login_code: loginCode.trim() };
  return loginPassword === '' ? login : { ...login, login_password: loginPassword };
}
