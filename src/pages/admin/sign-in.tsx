import { useState } from 'preact/hooks';
import type { SessionAnswer } from '../../admin/api.ts';
import { Button } from '../kit/parts/button.tsx';
import { Card } from '../kit/parts/card.tsx';
import { PasswordField } from '../kit/parts/field.tsx';
import { Icon } from '../kit/parts/icons.tsx';
import { useCall } from '../kit/parts/use-call.ts';
import { useSite } from './site.ts';
import { useFailureWords } from './words/failure-words.ts';
import { useTexts } from './words/texts.ts';

export function SignIn() {
  const words = useTexts();
  const failureWords = useFailureWords();
  const site = useSite();
  const [password, setPassword] = useState('');
  const call = useCall<unknown>();
  const signIn = async (event: Event): Promise<void> => {
    event.preventDefault();
    const done = await call.start(() => site.client.send<SessionAnswer | object>('POST', 'api/session', { password }));
    if (done) await site.meet();
  };
  return (
    <Card title={words('sign-in')}>
      <form onSubmit={(event) => void signIn(event)}>
        <PasswordField
          label={words('password')}
          name="password"
          autocomplete="current-password"
          value={password}
          onInput={setPassword}
          fault={call.failure && failureWords(call.failure)}
          hint={words('password-lost')}
        />
        <div class="buttons">
          <Button type="submit" look="main" busy={call.busy}>
            {words('sign-in')}
          </Button>
        </div>
      </form>
    </Card>
  );
}

/** At the head of every page; not there where the box needs no password. */
export function SignOut() {
  const words = useTexts();
  const site = useSite();
  if (site.session.value?.hasPassword !== true) return null;
  const signOut = async (): Promise<void> => {
    await site.client.send('DELETE', 'api/session').catch(() => undefined);
    await site.meet();
  };
  return (
    <button type="button" class="button button-bare" aria-label={words('sign-out')} onClick={() => void signOut()}>
      <Icon name="sign-out" />
    </button>
  );
}
