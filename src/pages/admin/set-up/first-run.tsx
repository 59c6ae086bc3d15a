import { useState } from 'preact/hooks';
import { Button } from '../../kit/parts/button.tsx';
import { Card } from '../../kit/parts/card.tsx';
import { PasswordField, TextField } from '../../kit/parts/field.tsx';
import { useCall } from '../../kit/parts/use-call.ts';
import { NO_ADDRESS } from '../platform/address.ts';
import { asBody, PlatformForm, type PlatformLogin } from '../platform/platform-form.tsx';
import { RefusalNotice } from '../settings/refusal-notice.tsx';
import { useSite } from '../site.ts';
import { useFailureWords } from '../words/failure-words.ts';
import { useSetUpTexts } from './set-up-texts.ts';
import { Steps } from './steps.tsx';

const LEAST_CHARACTERS = 8;
const NO_LOGIN: PlatformLogin = { address: NO_ADDRESS, loginCode: '', loginPassword: '' };

/** From a box that knows nothing to one that is logged in to its platform; the cameras follow. */
export function FirstRun() {
  const words = useSetUpTexts();
  const site = useSite();
  const [password, setPassword] = useState<string | undefined>(undefined);
  const [login, setLogin] = useState(NO_LOGIN);
  const needsCode = site.session.value?.needsCode === true;
  if (needsCode) return <CodeStep />;
  return (
    <div class="stack">
      <div>
        <h1>{words('welcome')}</h1>
        <p class="soft">{words('welcome-intro')}</p>
      </div>
      <Steps here={password === undefined ? 'password' : 'platform'} />
      {password === undefined ? (
        <PasswordStep onChosen={setPassword} />
      ) : (
        <PlatformStep password={password} login={login} onLogin={setLogin} onBack={() => setPassword(undefined)} />
      )}
    </div>
  );
}

function CodeStep() {
  const words = useSetUpTexts();
  const failureWords = useFailureWords();
  const site = useSite();
  const [code, setCode] = useState('');
  const call = useCall<unknown>();
  const give = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = { code: code.trim() };
    if (await call.start(() => site.client.send<object>('POST', 'api/session', body))) await site.meet();
  };
  return (
    <Card title={words('welcome')}>
      <p class="soft form-intro">{words('code-intro')}</p>
      <form onSubmit={(event) => void give(event)}>
        <TextField
          label={words('code')}
          hint={words('code-hint')}
          value={code}
          onInput={setCode}
          fault={call.failure && failureWords(call.failure)}
        />
        <div class="buttons">
          <Button type="submit" look="main" busy={call.busy}>
            {words('next')}
          </Button>
        </div>
      </form>
    </Card>
  );
}

function PasswordStep({ onChosen }: { onChosen: (password: string) => void }) {
  const words = useSetUpTexts();
  const [first, setFirst] = useState('');
  const [second, setSecond] = useState('');
  const [marked, setMarked] = useState(false);
  const short = first.length < LEAST_CHARACTERS;
  const differs = first !== second;
  const choose = (event: Event): void => {
    event.preventDefault();
    setMarked(true);
    if (!short && !differs) onChosen(first);
  };
  return (
    <Card title={words('password-title')}>
      <form onSubmit={choose} noValidate>
        <PasswordField
          label={words('password')}
          hint={words('password-intro')}
          autocomplete="new-password"
          value={first}
          onInput={setFirst}
          fault={marked && short ? words('password-short') : undefined}
        />
        <PasswordField
          label={words('password-again')}
          autocomplete="new-password"
          value={second}
          onInput={setSecond}
          fault={marked && !short && differs ? words('password-differs') : undefined}
        />
        <div class="buttons">
          <Button type="submit" look="main">
            {words('next')}
          </Button>
        </div>
      </form>
    </Card>
  );
}

interface PlatformStepProps {
  readonly password: string;
  readonly login: PlatformLogin;
  readonly onLogin: (login: PlatformLogin) => void;
  readonly onBack: () => void;
}

function PlatformStep({ password, login, onLogin, onBack }: PlatformStepProps) {
  const words = useSetUpTexts();
  const site = useSite();
  const call = useCall<unknown>();
  const finish = async (): Promise<void> => {
    const body = { password, platform: asBody(login) };
    if (!(await call.start(() => site.client.send<object>('POST', 'api/setup', body)))) return;
    location.hash = '#/welcome';
    await site.meet();
  };
  return (
    <Card title={words('platform-title')}>
      <p class="soft form-intro">{words('platform-intro')}</p>
      <PlatformForm
        value={login}
        onChange={onLogin}
        submitLabel={words('platform-finish')}
        busy={call.busy}
        onSubmit={() => void finish()}
      >
        <RefusalNotice failure={call.failure} />
      </PlatformForm>
      <Button look="bare" icon="back" onClick={onBack}>
        {words('back')}
      </Button>
    </Card>
  );
}
