import { useState } from 'preact/hooks';
import { Button } from '../../kit/parts/button.tsx';
import { PasswordField, TextField } from '../../kit/parts/field.tsx';
import { useCameraTexts } from './camera-texts.ts';
import type { CameraLogin } from './candidates.ts';

interface LoginFormProps {
  readonly submitLabel: string;
  readonly busy: boolean;
  readonly onSubmit: (login: CameraLogin) => void;
  /** For many cameras at once. */
  readonly many?: boolean;
  readonly fault?: string | undefined;
}

/** A camera's user name and password. */
export function LoginForm({ submitLabel, busy, onSubmit, many = false, fault }: LoginFormProps) {
  const words = useCameraTexts();
  const [username, setUsername] = useState('admin');
  const [password, setPassword] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    onSubmit({ username: username.trim(), password });
  };
  return (
    <form class="login-form" onSubmit={submit}>
      <TextField label={words(many ? 'username' : 'username-one')} value={username} onInput={setUsername} />
      <PasswordField
        label={words(many ? 'password' : 'password-one')}
        hint={many ? words('password-hint') : undefined}
        value={password}
        onInput={setPassword}
        fault={fault}
      />
      <div class="buttons">
        <Button type="submit" look={many ? 'main' : 'plain'} busy={busy}>
          {submitLabel}
        </Button>
      </div>
    </form>
  );
}
