import { useState } from 'preact/hooks';
import type { ChannelChange, ChannelStatus } from '../../../admin/api.ts';
import { Notice } from '../../kit/parts/badge.tsx';
import { Button } from '../../kit/parts/button.tsx';
import { Dialog } from '../../kit/parts/dialog.tsx';
import { TextField } from '../../kit/parts/field.tsx';
import { useToasts } from '../../kit/parts/toast.tsx';
import { type Calling, useCall } from '../../kit/parts/use-call.ts';
import { useSite } from '../site.ts';
import { useRefusalWords } from '../words/failure-words.ts';
import { useTexts } from '../words/texts.ts';
import { useCameraTexts } from './camera-texts.ts';
import { useNumberFault } from './candidate-row.tsx';
import { given } from './candidates.ts';
import { LoginForm } from './login-form.tsx';

interface ChannelDialogProps {
  readonly status: ChannelStatus;
  readonly onClose: () => void;
}

function useChange({ status, onClose }: ChannelDialogProps) {
  const texts = useTexts();
  const toasts = useToasts();
  const { client } = useSite();
  const call = useCall<object>();
  const change = async (body: ChannelChange): Promise<void> => {
    const path = `api/channels/${status.channel}`;
    if (!(await call.start(() => client.send<object>('PATCH', path, body)))) return;
    toasts.say(texts('saved'));
    onClose();
  };
  return { call, change };
}

export function LoginDialog(props: ChannelDialogProps) {
  const words = useCameraTexts();
  const texts = useTexts();
  const refusalWords = useRefusalWords();
  const { call, change } = useChange(props);
  const { name, protocol } = props.status;
  return (
    <Dialog title={words('login-title', { name })} onClose={props.onClose}>
      <p class="soft">{words('login-intro')}</p>
      <LoginForm
        submitLabel={texts('save')}
        busy={call.busy}
        onSubmit={(login) => void change({ [protocol]: given(login) })}
        fault={call.failure && refusalWords(call.failure)}
      />
    </Dialog>
  );
}

export function RenameDialog(props: ChannelDialogProps) {
  const words = useCameraTexts();
  const texts = useTexts();
  const { call, change } = useChange(props);
  const [name, setName] = useState(props.status.name);
  const save = (event: Event): void => {
    event.preventDefault();
    void change({ name: name.trim() === '' ? null : name.trim() });
  };
  return (
    <Dialog title={words('rename-title', { name: props.status.name })} onClose={props.onClose}>
      <form onSubmit={save}>
        <TextField label={words('name')} value={name} onInput={setName} />
        <Foot call={call} label={texts('save')} onClose={props.onClose} />
      </form>
    </Dialog>
  );
}

/** Another number, with what that means for the platform. */
export function RenumberDialog({ status, onClose }: ChannelDialogProps) {
  const words = useCameraTexts();
  const texts = useTexts();
  const toasts = useToasts();
  const site = useSite();
  const call = useCall<object>();
  const [number, setNumber] = useState(String(status.channel));
  const others = site.status.value?.channels.filter(({ channel }) => channel !== status.channel) ?? [];
  const fault = useNumberFault(number, new Set(others.map(({ channel }) => channel)));
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (fault !== undefined) return;
    const channel = Number(number);
    const path = `api/channels/${status.channel}/number`;
    if (channel !== status.channel && !(await call.start(() => site.client.send<object>('POST', path, { channel }))))
      return;
    toasts.say(words('renumbered', { name: status.name, channel }));
    onClose();
  };
  return (
    <Dialog title={words('renumber-title', { name: status.name })} onClose={onClose}>
      <form onSubmit={(event) => void save(event)} noValidate>
        <Notice tone="warn" title={texts('channel-number', { channel: status.channel })}>
          <p>{words('renumber-meaning')}</p>
        </Notice>
        <TextField label={words('number')} inputmode="numeric" value={number} onInput={setNumber} fault={fault} />
        <Foot call={call} label={texts('save')} onClose={onClose} />
      </form>
    </Dialog>
  );
}

export function RemoveDialog({ status, onClose }: ChannelDialogProps) {
  const words = useCameraTexts();
  const texts = useTexts();
  const toasts = useToasts();
  const { client } = useSite();
  const call = useCall<object>();
  const { channel, name } = status;
  const remove = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!(await call.start(() => client.send<object>('DELETE', `api/channels/${channel}`)))) return;
    toasts.say(words('removed', { name }));
    onClose();
  };
  return (
    <Dialog title={words('remove-title', { name })} onClose={onClose}>
      <form onSubmit={(event) => void remove(event)}>
        <p>{words('remove-meaning', { channel })}</p>
        <Foot call={call} label={texts('remove')} onClose={onClose} danger />
      </form>
    </Dialog>
  );
}

interface FootProps {
  readonly call: Calling<object>;
  readonly label: string;
  readonly onClose: () => void;
  readonly danger?: boolean;
}

function Foot({ call, label, onClose, danger = false }: FootProps) {
  const words = useCameraTexts();
  const refusalWords = useRefusalWords();
  return (
    <>
      <p class="field-fault" role="status">
        {call.failure && refusalWords(call.failure)}
      </p>
      <div class="buttons">
        <Button type="submit" look={danger ? 'danger' : 'main'} busy={call.busy}>
          {label}
        </Button>
        <Button onClick={onClose}>{words('cancel')}</Button>
      </div>
    </>
  );
}
