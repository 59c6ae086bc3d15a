import { useState } from 'preact/hooks';
import { Button } from '../../kit/parts/button.tsx';
import { Card } from '../../kit/parts/card.tsx';
import { Dialog } from '../../kit/parts/dialog.tsx';
import { Icon } from '../../kit/parts/icons.tsx';
import { useToasts } from '../../kit/parts/toast.tsx';
import { useCall } from '../../kit/parts/use-call.ts';
import { TroubleNotice } from '../overview/trouble.tsx';
import { useSite } from '../site.ts';
import { useFailureWords } from '../words/failure-words.ts';
import { useTexts } from '../words/texts.ts';
import { BoxCard } from './box-card.tsx';
import { HistoryCard } from './history-card.tsx';
import { LogCard } from './log-card.tsx';
import { PacketsCard } from './packets-card.tsx';
import { useSystemTexts } from './system-texts.ts';

/** How the box is, how it was, and what it has to tell. */
export function SystemPage() {
  const texts = useTexts();
  const status = useSite().status.value;
  if (!status) return null;
  return (
    <div class="stack">
      <h1>{texts('system')}</h1>
      {status.faults.map((trouble) => (
        <TroubleNotice key={trouble.kind} trouble={trouble} />
      ))}
      <BoxCard status={status} />
      <HistoryCard />
      <SupportCard />
      <LogCard />
      <PacketsCard />
    </div>
  );
}

function SupportCard() {
  const words = useSystemTexts();
  const [asking, setAsking] = useState(false);
  return (
    <Card title={words('support')}>
      <p class="soft">{words('support-intro')}</p>
      <div class="buttons">
        <a class="button" href="api/support-bundle" download>
          <Icon name="download" />
          {words('support-download')}
        </a>
        <Button icon="refresh" onClick={() => setAsking(true)}>
          {words('restart')}
        </Button>
      </div>
      {asking && <RestartDialog onClose={() => setAsking(false)} />}
    </Card>
  );
}

function RestartDialog({ onClose }: { onClose: () => void }) {
  const words = useSystemTexts();
  const failureWords = useFailureWords();
  const toasts = useToasts();
  const { client } = useSite();
  const call = useCall<object>();
  const restart = async (): Promise<void> => {
    if (!(await call.start(() => client.send<object>('POST', 'api/restart')))) return;
    toasts.say(words('restarting'));
    onClose();
  };
  return (
    <Dialog title={words('restart-title')} onClose={onClose}>
      <p>{words('restart-meaning')}</p>
      {call.failure && <p class="field-fault">{failureWords(call.failure)}</p>}
      <div class="buttons">
        <Button look="danger" busy={call.busy} onClick={() => void restart()}>
          {words('restart')}
        </Button>
        <Button onClick={onClose}>{words('cancel')}</Button>
      </div>
    </Dialog>
  );
}
