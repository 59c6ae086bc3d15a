import { useState } from 'preact/hooks';
import type { SettingsAnswer, SettingsChange } from '../../../admin/api.ts';
import { Notice } from '../../kit/parts/badge.tsx';
import { Card } from '../../kit/parts/card.tsx';
import { useToasts } from '../../kit/parts/toast.tsx';
import { useCall } from '../../kit/parts/use-call.ts';
import { useLoaded } from '../../kit/parts/use-loaded.ts';
import { LinkCard, WayBack } from '../overview/link-card.tsx';
import { RefusalNotice } from '../settings/refusal-notice.tsx';
import { useSite } from '../site.ts';
import { useFailureWords } from '../words/failure-words.ts';
import { useTexts } from '../words/texts.ts';
import { NO_ADDRESS, parseAddress } from './address.ts';
import { asBody, PlatformForm, type PlatformLogin } from './platform-form.tsx';
import { usePlatformTexts } from './platform-texts.ts';

function loginIn(settings: SettingsAnswer): PlatformLogin {
  // The schema of the file is the server's; what is missing here is missing there.
  const { platform = {} } = settings.values as { platform?: { url?: string; login_code?: string } };
  const address = parseAddress(platform.url ?? '') ?? NO_ADDRESS;
  return { address, loginCode: platform.login_code ?? '', loginPassword: '' };
}

export function PlatformPage() {
  const words = useTexts();
  const failureWords = useFailureWords();
  const site = useSite();
  const status = site.status.value;
  const { value: settings, failure, again } = useLoaded(() => site.client.get<SettingsAnswer>('api/settings'), '');
  return (
    <div class="stack">
      <h1>{words('platform')}</h1>
      {status && <LinkCard status={status} />}
      {failure && <Notice tone="bad" title={failureWords(failure)} />}
      {settings && <LoginCard key={JSON.stringify(loginIn(settings))} settings={settings} onSaved={again} />}
    </div>
  );
}

function LoginCard({ settings, onSaved }: { settings: SettingsAnswer; onSaved: () => void }) {
  const words = useTexts();
  const platformWords = usePlatformTexts();
  const toasts = useToasts();
  const { client, status } = useSite();
  const [login, setLogin] = useState(() => loginIn(settings));
  const call = useCall<unknown>();
  const save = async (): Promise<void> => {
    const change: SettingsChange = Object.entries(asBody(login)).map(([key, value]) => ({
      path: `platform.${key}`,
      value,
    }));
    if (!(await call.start(() => client.send<object>('PATCH', 'api/settings', change)))) return;
    toasts.say(words('saved'));
    onSaved();
  };
  const offered = settings.canUndo && status.value?.configuration.offerUndo !== true;
  return (
    <Card>
      <p class="soft form-intro">{platformWords('intro')}</p>
      <PlatformForm
        value={login}
        onChange={setLogin}
        passwordFor={loginIn(settings).address}
        submitLabel={words('save')}
        busy={call.busy}
        onSubmit={() => void save()}
      >
        <RefusalNotice failure={call.failure} />
      </PlatformForm>
      {offered && <WayBack />}
    </Card>
  );
}
