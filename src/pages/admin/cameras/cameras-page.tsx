import { useState } from 'preact/hooks';
import type { ChannelStatus } from '../../../admin/api.ts';
import { Button } from '../../kit/parts/button.tsx';
import { Card } from '../../kit/parts/card.tsx';
import { type Column, Table } from '../../kit/parts/table.tsx';
import { useToasts } from '../../kit/parts/toast.tsx';
import { useCall } from '../../kit/parts/use-call.ts';
import { ChannelMarks } from '../overview/channel-card.tsx';
import { useSite } from '../site.ts';
import { useRefusalWords } from '../words/failure-words.ts';
import { useTexts } from '../words/texts.ts';
import { Adoption } from './adoption.tsx';
import { useCameraTexts } from './camera-texts.ts';
import { LoginDialog, RemoveDialog, RenameDialog, RenumberDialog } from './channel-dialogs.tsx';

/** What can be changed about a camera, each in a dialog of its own. */
const DIALOGS = { rename: RenameDialog, login: LoginDialog, renumber: RenumberDialog, remove: RemoveDialog };
type DialogName = keyof typeof DIALOGS;

/** The buttons that open them. A camera that was found and numbered by itself stands in no file that could be changed. */
export function ChannelActions({ status }: { status: ChannelStatus }) {
  const words = useCameraTexts();
  const texts = useTexts();
  const [open, setOpen] = useState<DialogName | undefined>(undefined);
  if (status.discovered) return <KeepAction status={status} />;
  const Shown = open && DIALOGS[open];
  const names: readonly DialogName[] = ['rename', 'login', 'renumber', 'remove'];
  return (
    <span class="actions">
      {names.map((name) => (
        <Button
          key={name}
          look="bare"
          aria-label={`${name === 'remove' ? texts('remove') : words(name)}: ${status.name}`}
          onClick={() => setOpen(name)}
        >
          {name === 'remove' ? texts('remove') : words(name)}
        </Button>
      ))}
      {Shown && <Shown status={status} onClose={() => setOpen(undefined)} />}
    </span>
  );
}

/** The way for a camera that has its number by itself into the file, where it can be changed. */
function KeepAction({ status: { channel, name } }: { status: ChannelStatus }) {
  const words = useCameraTexts();
  const refusalWords = useRefusalWords();
  const toasts = useToasts();
  const { client } = useSite();
  const call = useCall<object>();
  const keep = async (): Promise<void> => {
    if (!(await call.start(() => client.send<object>('POST', `api/channels/${channel}/keep`)))) return;
    toasts.say(words('kept', { name }));
  };
  return (
    <span class="keep">
      <span class="soft small">{words('by-itself')}</span>
      <Button busy={call.busy} aria-label={`${words('keep')}: ${name}`} onClick={() => void keep()}>
        {words('keep')}
      </Button>
      {call.failure && <span class="field-fault">{refusalWords(call.failure)}</span>}
    </span>
  );
}

/** Every camera with what can be done about it, and those that could be added. */
export function CamerasPage() {
  const words = useCameraTexts();
  const texts = useTexts();
  const channels = useSite().status.value?.channels ?? [];
  const columns: readonly Column<ChannelStatus>[] = [
    { title: words('channel'), cell: ({ channel }) => channel },
    { title: words('camera'), cell: ({ channel, name }) => <a href={`#/channels/${channel}`}>{name}</a> },
    { title: words('where'), cell: ({ camera }) => camera.host ?? '–' },
    { title: words('state'), cell: (status) => <ChannelMarks status={status} /> },
    { title: words('actions'), cell: (status) => <ChannelActions status={status} /> },
  ];
  return (
    <div class="stack">
      <h1>{texts('cameras')}</h1>
      {channels.length > 0 && (
        <Card title={words('yours')}>
          <Table
            caption={words('yours')}
            columns={columns}
            rows={channels}
            keyOf={({ channel }) => channel}
            empty={texts('no-channels')}
          />
        </Card>
      )}
      <Adoption />
    </div>
  );
}
