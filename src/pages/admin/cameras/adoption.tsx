import { useEffect, useState } from 'preact/hooks';
import { Button } from '../../kit/parts/button.tsx';
import { Card } from '../../kit/parts/card.tsx';
import { useToasts } from '../../kit/parts/toast.tsx';
import { useCall } from '../../kit/parts/use-call.ts';
import { useSite } from '../site.ts';
import { useFailureWords, useRefusalWords } from '../words/failure-words.ts';
import { ByAddress } from './by-address.tsx';
import { useCameraTexts } from './camera-texts.ts';
import { CandidateRow, nameOf } from './candidate-row.tsx';
import { Candidates, type Found, freeNumbers } from './candidates.ts';
import { LoginForm } from './login-form.tsx';

/** Cameras of the network that have no channel: one login for all of them, a picture of each, and their numbers. */
export function Adoption() {
  const words = useCameraTexts();
  const failureWords = useFailureWords();
  const { client, status } = useSite();
  const [candidates] = useState(() => new Candidates(client));
  useEffect(() => void candidates.scan(), [candidates]);
  const answer = candidates.answer.value;
  const failure = candidates.failure.value;
  const scanning = candidates.searching.value;
  const fresh = answer?.found.filter(({ channel }) => channel === undefined) ?? [];
  const some = (answer?.found.length ?? 0) > 0;
  const taken = new Set(status.value?.channels.map(({ channel }) => channel));
  return (
    <>
      <Card
        title={words('new-ones')}
        aside={
          <Button icon="refresh" busy={scanning} onClick={() => void candidates.scan()}>
            {words(scanning ? 'scanning' : 'scan')}
          </Button>
        }
      >
        {failure && <p class="field-fault">{failureWords(failure)}</p>}
        {fresh.length > 0 && <CommonLogin candidates={candidates} fresh={fresh} />}
        <CandidateList candidates={candidates} fresh={fresh} taken={taken} />
        {fresh.length === 0 && some && !scanning && <p class="empty">{words('found-all')}</p>}
        {!some && !scanning && <p class="empty">{words('found-none')}</p>}
        <AddAll candidates={candidates} fresh={fresh} taken={taken} />
      </Card>
      <ByAddress taken={taken} />
    </>
  );
}

interface FreshProps {
  readonly candidates: Candidates;
  readonly fresh: readonly Found[];
}

/** Most sites have one login for all cameras; those that took another already are left in peace. */
function CommonLogin({ candidates, fresh }: FreshProps) {
  const words = useCameraTexts();
  const attempts = candidates.attempts.value;
  const open = fresh.filter(({ address }) => {
    const attempt = attempts.get(address);
    return !(attempt?.state === 'answered' && attempt.answer.ok);
  });
  const busy = open.some(({ address }) => attempts.get(address)?.state === 'trying');
  if (open.length === 0) return null;
  return (
    <LoginForm
      many
      submitLabel={words('try-all', { count: open.length })}
      busy={busy}
      onSubmit={(login) => void candidates.tryAll(open, login)}
    />
  );
}

interface NumberedProps extends FreshProps {
  readonly taken: ReadonlySet<number>;
}

function CandidateList({ candidates, fresh, taken }: NumberedProps) {
  const numbers = freeNumbers(taken);
  return (
    <ul class="candidates">
      {fresh.map((camera) => (
        <CandidateRow
          key={camera.address}
          camera={camera}
          attempt={candidates.attempts.value.get(camera.address)}
          candidates={candidates}
          freeNumber={numbers.next().value ?? 0}
          taken={taken}
        />
      ))}
    </ul>
  );
}

function AddAll({ candidates, fresh, taken }: NumberedProps) {
  const words = useCameraTexts();
  const refusalWords = useRefusalWords();
  const toasts = useToasts();
  const call = useCall<void>();
  const ready = fresh.flatMap((camera) => {
    const attempt = candidates.attempts.value.get(camera.address);
    return attempt?.state === 'answered' && attempt.answer.ok ? [{ camera, login: attempt.login }] : [];
  });
  if (ready.length < 2) return null;
  const addAll = async (): Promise<void> => {
    const numbers = freeNumbers(taken);
    for (const { camera, login } of ready) {
      const channel: number = numbers.next().value ?? 0;
      const name = nameOf(camera);
      await candidates.add(camera, { channel, name, login });
      toasts.say(words('added', { name, channel }));
    }
  };
  return (
    <div class="buttons">
      <Button look="main" busy={call.busy} onClick={() => void call.start(addAll)}>
        {words('add-all', { count: ready.length })}
      </Button>
      {call.failure && <p class="field-fault">{refusalWords(call.failure)}</p>}
    </div>
  );
}
