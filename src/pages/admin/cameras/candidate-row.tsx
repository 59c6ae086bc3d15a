import { useState } from 'preact/hooks';
import { Badge } from '../../kit/parts/badge.tsx';
import { Button } from '../../kit/parts/button.tsx';
import { TextField } from '../../kit/parts/field.tsx';
import { Icon } from '../../kit/parts/icons.tsx';
import { useToasts } from '../../kit/parts/toast.tsx';
import { useCall } from '../../kit/parts/use-call.ts';
import { useRefusalWords } from '../words/failure-words.ts';
import { useTexts } from '../words/texts.ts';
import { useCameraTexts } from './camera-texts.ts';
import type { Attempt, Candidates, Found } from './candidates.ts';
import { LoginForm } from './login-form.tsx';

interface CandidateRowProps {
  readonly camera: Found;
  readonly attempt: Attempt | undefined;
  readonly candidates: Candidates;
  /** The number it gets when nobody wants another. */
  readonly freeNumber: number;
  readonly taken: ReadonlySet<number>;
}

export const nameOf = (camera: Found): string => camera.name ?? camera.hardware ?? camera.host;

/** One camera without a channel: its picture once the login fits, and the way to a channel. */
export function CandidateRow(props: CandidateRowProps) {
  const { camera, attempt, candidates } = props;
  const texts = useTexts();
  const words = useCameraTexts();
  const [other, setOther] = useState(false);
  const answer = attempt?.state === 'answered' ? attempt.answer : undefined;
  const picture = answer?.ok ? answer.picture : undefined;
  return (
    <li class="candidate">
      <div class="picture candidate-picture">
        {picture ? <img src={picture} alt={texts('picture-of', { name: nameOf(camera) })} /> : <Icon name="camera" />}
      </div>
      <div class="candidate-text">
        <strong>{nameOf(camera)}</strong>
        <p class="soft small">{[camera.hardware, camera.host].filter(Boolean).join(' · ')}</p>
        <p role="status">
          <AttemptBadge attempt={attempt} />
        </p>
      </div>
      <div class="candidate-do">
        {answer?.ok ? (
          <AddForm {...props} />
        ) : (
          <Button look="bare" onClick={() => setOther(!other)}>
            {words('other-login')}
          </Button>
        )}
        {other && !answer?.ok && (
          <LoginForm
            submitLabel={words('try-one')}
            busy={attempt?.state === 'trying'}
            onSubmit={(login) => void candidates.tryOne(camera, login)}
          />
        )}
      </div>
    </li>
  );
}

function AttemptBadge({ attempt }: { attempt: Attempt | undefined }) {
  const words = useCameraTexts();
  const refusalWords = useRefusalWords();
  if (!attempt) return <Badge tone="quiet">{words('password-first')}</Badge>;
  if (attempt.state === 'trying') return <Badge tone="quiet">{words('trying')}</Badge>;
  if (attempt.state === 'failed') return <span class="field-fault">{refusalWords(attempt.failure)}</span>;
  if (attempt.answer.ok) return <Badge tone="good">{words('fits')}</Badge>;
  return <Badge tone="bad">{words(attempt.answer.kind)}</Badge>;
}

function AddForm({ camera, attempt, candidates, freeNumber, taken }: CandidateRowProps) {
  const words = useCameraTexts();
  const refusalWords = useRefusalWords();
  const toasts = useToasts();
  const call = useCall<true>();
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const [name, setName] = useState(nameOf(camera));
  const channel = typed === undefined ? freeNumber : Number(typed);
  const fault = useNumberFault(typed ?? String(freeNumber), taken);
  const add = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (fault !== undefined || attempt?.state !== 'answered') return;
    const { login } = attempt;
    const done = await call.start(() => candidates.add(camera, { channel, name, login }).then(() => true));
    if (done) toasts.say(words('added', { name, channel }));
  };
  return (
    <form class="candidate-add" onSubmit={(event) => void add(event)} noValidate>
      <TextField label={words('name')} value={name} onInput={setName} />
      <TextField
        label={words('number')}
        inputmode="numeric"
        value={typed ?? String(freeNumber)}
        onInput={setTyped}
        fault={fault ?? (call.failure && refusalWords(call.failure))}
      />
      <Button type="submit" look="main" busy={call.busy}>
        {words('add')}
      </Button>
    </form>
  );
}

/** What is wrong with a channel's number as typed. */
export function useNumberFault(typed: string, taken: ReadonlySet<number>): string | undefined {
  const words = useCameraTexts();
  if (!/^\d{1,5}$/.test(typed.trim()) || Number(typed) > 65_535) return words('number-wrong');
  return taken.has(Number(typed)) ? words('number-taken') : undefined;
}
