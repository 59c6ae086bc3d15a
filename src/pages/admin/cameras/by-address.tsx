import { useState } from 'preact/hooks';
import type { NewChannel, TryAnswer, TryRequest } from '../../../admin/api.ts';
import { Badge } from '../../kit/parts/badge.tsx';
import { Button } from '../../kit/parts/button.tsx';
import { PasswordField, TextField } from '../../kit/parts/field.tsx';
import { useToasts } from '../../kit/parts/toast.tsx';
import { useCall } from '../../kit/parts/use-call.ts';
import { useSite } from '../site.ts';
import { useRefusalWords } from '../words/failure-words.ts';
import { useTexts } from '../words/texts.ts';
import { useCameraTexts } from './camera-texts.ts';
import { useNumberFault } from './candidate-row.tsx';
import { freeNumbers, given } from './candidates.ts';

/** `host`, `host:port` or a whole rtsp:// address, as the API wants to have it. */
function whereIs(typed: string): { rtsp: string } | { host: string; port?: number } {
  const text = typed.trim();
  if (/^rtsp:/i.test(text)) return { rtsp: text };
  const [, host = text, port] = /^(?:https?:\/\/)?([^/]+?)(?::(\d+))?(?:\/.*)?$/.exec(text) ?? [];
  return port === undefined ? { host } : { host, port: Number(port) };
}

/** A camera that no scan finds: another network, or no ONVIF at all. */
export function ByAddress({ taken }: { taken: ReadonlySet<number> }) {
  const words = useCameraTexts();
  return (
    <details class="card by-address">
      <summary>
        <h2>{words('by-address')}</h2>
      </summary>
      {/* Anew after each camera, so that the next one starts with empty fields. */}
      <AddressForm key={taken.size} taken={taken} />
    </details>
  );
}

function AddressForm({ taken }: { taken: ReadonlySet<number> }) {
  const words = useCameraTexts();
  const refusalWords = useRefusalWords();
  const toasts = useToasts();
  const { client } = useSite();
  const [address, setAddress] = useState('');
  const [name, setName] = useState('');
  const [username, setUsername] = useState('admin');
  const [password, setPassword] = useState('');
  const [number, setNumber] = useState(() => String(freeNumbers(taken).next().value ?? 0));
  const [marked, setMarked] = useState(false);
  const [answer, setAnswer] = useState<TryAnswer | undefined>(undefined);
  const trying = useCall<TryAnswer>();
  const adding = useCall<object>();
  const numberFault = useNumberFault(number, taken);
  const login = given({ username: username.trim(), password });
  const typed = address.trim() !== '';
  const add = async (): Promise<void> => {
    const where = whereIs(address);
    const camera = 'rtsp' in where ? { rtsp: { url: where.rtsp, ...login } } : { onvif: { ...where, ...login } };
    const body: NewChannel = { channel: Number(number), ...(name && { name }), ...camera };
    if (!(await adding.start(() => client.send<object>('POST', 'api/channels', body)))) return;
    toasts.say(words('added', { name: name || address, channel: number }));
  };
  const tryFirst = async (event: Event): Promise<void> => {
    event.preventDefault();
    setMarked(true);
    if (!typed || numberFault !== undefined) return;
    setAnswer(undefined);
    const request: TryRequest = { ...whereIs(address), ...login };
    const told = await trying.start(() => client.send<TryAnswer>('POST', 'api/cameras/try', request));
    setAnswer(told);
    if (told?.ok) await add();
  };
  const failure = trying.failure ?? adding.failure;
  return (
    <form onSubmit={(event) => void tryFirst(event)} noValidate>
      <TextField
        label={words('address')}
        hint={words('address-hint')}
        inputmode="url"
        value={address}
        onInput={setAddress}
        fault={marked && !typed ? words('address-missing') : undefined}
      />
      <TextField label={words('username-one')} value={username} onInput={setUsername} />
      <PasswordField label={words('password-one')} value={password} onInput={setPassword} />
      <TextField label={words('name')} value={name} onInput={setName} />
      <TextField
        label={words('number')}
        inputmode="numeric"
        value={number}
        onInput={setNumber}
        fault={marked ? numberFault : undefined}
      />
      <div role="status">
        {failure && <p class="field-fault">{refusalWords(failure)}</p>}
        {answer?.ok === false && <Refusal answer={answer} />}
      </div>
      <div class="buttons">
        <Button type="submit" look="main" busy={trying.busy || adding.busy}>
          {words('add')}
        </Button>
        {answer?.ok === false && <Button onClick={() => void add()}>{words('add-anyway')}</Button>}
      </div>
    </form>
  );
}

function Refusal({ answer }: { answer: TryAnswer & { ok: false } }) {
  const words = useCameraTexts();
  const texts = useTexts();
  return (
    <>
      <p>
        <Badge tone="bad">{words(answer.kind)}</Badge>
      </p>
      <details class="small">
        <summary>{texts('detail')}</summary>
        <code>{answer.why}</code>
      </details>
    </>
  );
}
