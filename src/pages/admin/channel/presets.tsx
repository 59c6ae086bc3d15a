import { useState } from 'preact/hooks';
import type { PtzRequest } from '../../../admin/api.ts';
import { Button } from '../../kit/parts/button.tsx';
import { TextField } from '../../kit/parts/field.tsx';
import { Icon } from '../../kit/parts/icons.tsx';
import { useToasts } from '../../kit/parts/toast.tsx';
import { useCall } from '../../kit/parts/use-call.ts';
import { useLoaded } from '../../kit/parts/use-loaded.ts';
import { useSite } from '../site.ts';
import { useFailureWords } from '../words/failure-words.ts';
import { useChannelTexts } from './channel-texts.ts';

const MOST = 255;
const valid = (typed: string): boolean => /^\d{1,3}$/.test(typed.trim()) && Number(typed) <= MOST;

/** The positions that the camera keeps: go there, save one, clear one. */
export function Presets({ channel }: { channel: number }) {
  const words = useChannelTexts();
  const failureWords = useFailureWords();
  const toasts = useToasts();
  const { client } = useSite();
  const path = `api/channels/${channel}`;
  const presets = useLoaded(() => client.get<Preset[]>(`${path}/presets`), path);
  const call = useCall<object>();
  const order: Order = async (op, id, done) => {
    const request: PtzRequest = { op, value: id };
    if (!(await call.start(() => client.send<object>('POST', `${path}/ptz`, request))) || !done) return;
    toasts.say(done);
    presets.again();
  };
  const problem = call.failure ?? presets.failure;
  return (
    <div class="presets">
      <h3>{words('presets')}</h3>
      {presets.value?.length === 0 && <p class="soft">{words('presets-none')}</p>}
      <PresetList presets={presets.value ?? []} order={order} />
      <PresetForm busy={call.busy} order={order} />
      <p class="field-fault" role="status">
        {problem && failureWords(problem)}
      </p>
    </div>
  );
}

interface Preset {
  readonly id: number;
}

/** Gives an order for a preset; where it changes the list, `done` is what is said then. */
type Order = (op: PtzRequest['op'], id: number, done?: string) => Promise<void>;

function PresetList({ presets, order }: { presets: readonly Preset[]; order: Order }) {
  const words = useChannelTexts();
  return (
    <ul class="preset-list">
      {presets.map(({ id }) => (
        <li key={id}>
          <Button aria-label={words('preset-go', { id })} onClick={() => void order('goto_preset', id)}>
            {id}
          </Button>
          <button
            type="button"
            class="button button-bare"
            aria-label={words('preset-clear', { id })}
            onClick={() => void order('clear_preset', id, words('preset-cleared', { id }))}
          >
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  );
}

function PresetForm({ busy, order }: { busy: boolean; order: Order }) {
  const words = useChannelTexts();
  const [number, setNumber] = useState('1');
  const save = (event: Event): void => {
    event.preventDefault();
    const id = Number(number);
    if (valid(number)) void order('set_preset', id, words('preset-saved', { id }));
  };
  return (
    <form class="preset-form" onSubmit={save} noValidate>
      <TextField
        label={words('preset-set')}
        inputmode="numeric"
        value={number}
        onInput={setNumber}
        fault={valid(number) ? undefined : words('preset-number-wrong')}
      />
      <Button type="submit" busy={busy} aria-label={`${words('preset-set')} ${number}`} icon="check" />
    </form>
  );
}
