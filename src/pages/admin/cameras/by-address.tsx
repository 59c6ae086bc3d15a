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
import { type TypedLogin, whereIs, withAddress } from './typed-address.ts';

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

interface Typed extends TypedLogin {
  readonly name: string;
  readonly number: string;
}

/** The way from what was typed to a channel: the camera is tried first, and added when it answers. */
function useAddition({ address, name, username, password, number }: Typed) {
  const words = useCameraTexts();
  const toasts = useToasts();
  const { client } = useSite();
  const [answer, setAnswer] = useState<TryAnswer | undefined>(undefined);
  const trying = useCall<TryAnswer>();
  const adding = useCall<object>();
  const login = given({ username: username.trim(), password });
  const add = async (): Promise<void> => {
    const where = whereIs(address);
    const camera = 'rtsp' in where ? { rtsp: { url: where.rtsp, ...login } } : { onvif: { ...where, ...login } };
    const body: NewChannel = { channel: Number(number), ...(name && { name }), ...camera };
    if (!(await adding.start(() => client.send<object>('POST', 'api/channels', body)))) return;
    toasts.say(words('added', { name: name || address, channel: number }));
  };
  const tryFirst = async (): Promise<void> => {
    setAnswer(undefined);
    const request: TryRequest = { ...whereIs(address), ...login };
    const told = await trying.start(() => client.send<TryAnswer>('POST', 'api/cameras/try', request));
    setAnswer(told);
    if (told?.ok) await add();
  };
  const refused = answer?.ok === false ? answer : undefined;
  return { add, tryFirst, refused, busy: trying.busy || adding.busy, failure: trying.failure ?? adding.failure };
}

function AddressForm({ taken }: { taken: ReadonlySet<number> }) {
  const words = useCameraTexts();
  const refusalWords = useRefusalWords();
  const firstFree = (): string => String(freeNumbers(taken).next().value ?? 0);
  const [typed, setTyped] = useState(() => ({ ...NOTHING_TYPED, number: firstFree() }));
  const [marked, setMarked] = useState(false);
  const { add, tryFirst, refused, busy, failure } = useAddition(typed);
  const numberFault = useNumberFault(typed.number, taken);
  const missing = typed.address.trim() === '';
  const submit = (event: Event): void => {
    event.preventDefault();
    setMarked(true);
    if (!missing && numberFault === undefined) void tryFirst();
  };
  const faults = { address: missing ? words('address-missing') : undefined, number: numberFault };
  return (
    <form onSubmit={submit} noValidate>
      <AddressFields typed={typed} onTyped={setTyped} faults={marked ? faults : {}} />
      <div role="status">
        {failure && <p class="field-fault">{refusalWords(failure)}</p>}
        {refused && <Refusal answer={refused} />}
      </div>
      <div class="buttons">
        <Button type="submit" look="main" busy={busy}>
          {words('add')}
        </Button>
        {refused && <Button onClick={() => void add()}>{words('add-anyway')}</Button>}
      </div>
    </form>
  );
}

const NOTHING_TYPED: Typed = { address: '', name: '', username: 'admin', password: '', number: '' };

interface AddressFieldsProps {
  readonly typed: Typed;
  readonly onTyped: (typed: Typed) => void;
  readonly faults: Partial<Record<keyof Typed, string | undefined>>;
}

function AddressFields({ typed, onTyped, faults }: AddressFieldsProps) {
  const words = useCameraTexts();
  const wiring = (key: keyof Typed) => ({
    value: typed[key],
    fault: faults[key],
    onInput: (text: string) => onTyped(key === 'address' ? withAddress(typed, text) : { ...typed, [key]: text }),
  });
  return (
    <>
      <TextField label={words('address')} hint={words('address-hint')} inputmode="url" {...wiring('address')} />
      <TextField label={words('username-one')} {...wiring('username')} />
      <PasswordField label={words('password-one')} {...wiring('password')} />
      <TextField label={words('name')} {...wiring('name')} />
      <TextField label={words('number')} inputmode="numeric" {...wiring('number')} />
    </>
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
