import { useState } from 'preact/hooks';
import type { SettingsAnswer, SettingsChange } from '../../../admin/api.ts';
import { Button } from '../../kit/parts/button.tsx';
import { Dialog } from '../../kit/parts/dialog.tsx';
import { useToasts } from '../../kit/parts/toast.tsx';
import { useCall } from '../../kit/parts/use-call.ts';
import { type CameraLogin, given } from '../cameras/candidates.ts';
import { LoginForm } from '../cameras/login-form.tsx';
import { useSite } from '../site.ts';
import { useRefusalWords } from '../words/failure-words.ts';
import { useTexts } from '../words/texts.ts';
import { valueAt } from './schema.ts';
import { useSettingsTexts } from './settings-texts.ts';

const PATH = 'discovery.credentials';

function namesIn(settings: SettingsAnswer): string[] {
  const list = valueAt(settings.values, PATH);
  if (!Array.isArray(list)) return [];
  return list.map((_, at) => String(valueAt(settings.values, `${PATH}.${at}.username`) ?? ''));
}

/** The logins that are tried on new cameras: only their names are known here, and each may go or come. */
export function CameraLogins({ settings, onChanged }: { settings: SettingsAnswer; onChanged: () => void }) {
  const words = useSettingsTexts();
  const texts = useTexts();
  const refusalWords = useRefusalWords();
  const toasts = useToasts();
  const { client } = useSite();
  const call = useCall<object>();
  const [adding, setAdding] = useState(false);
  const names = namesIn(settings);
  const change = async (changes: SettingsChange): Promise<void> => {
    if (!(await call.start(() => client.send<object>('PATCH', 'api/settings', changes)))) return;
    setAdding(false);
    toasts.say(texts('saved'));
    onChanged();
  };
  const add = (login: CameraLogin): void => void change([{ path: `${PATH}.${names.length}`, value: given(login) }]);
  return (
    <fieldset class="logins">
      <legend>{words('logins')}</legend>
      <p class="field-hint">{words('logins-hint')}</p>
      {names.length === 0 && <p class="soft">{words('login-none')}</p>}
      <LoginList names={names} onRemove={(at) => void change([{ path: `${PATH}.${at}` }])} />
      {call.failure && !adding && <p class="field-fault">{refusalWords(call.failure)}</p>}
      <Button icon="plus" onClick={() => setAdding(true)}>
        {words('login-add')}
      </Button>
      {adding && (
        <Dialog title={words('login-add')} onClose={() => setAdding(false)}>
          <LoginForm
            submitLabel={texts('save')}
            busy={call.busy}
            onSubmit={add}
            fault={call.failure && refusalWords(call.failure)}
          />
        </Dialog>
      )}
    </fieldset>
  );
}

function LoginList({ names, onRemove }: { names: readonly string[]; onRemove: (at: number) => void }) {
  const words = useSettingsTexts();
  return (
    <ul>
      {names.map((name, at) => (
        <li key={at}>
          <span>{name}</span>
          <Button look="bare" icon="close" aria-label={words('login-remove', { name })} onClick={() => onRemove(at)} />
        </li>
      ))}
    </ul>
  );
}
