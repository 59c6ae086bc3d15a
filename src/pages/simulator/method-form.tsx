import { useEffect, useState } from 'preact/hooks';
import { Badge } from '../kit/parts/badge.tsx';
import { Button } from '../kit/parts/button.tsx';
import { ChoiceField, SwitchField } from '../kit/parts/field.tsx';
import { useCall } from '../kit/parts/use-call.ts';
import { useLoaded } from '../kit/parts/use-loaded.ts';
import { Failure } from './failure.tsx';
import { useFieldWords } from './field-texts.ts';
import { type FormField, fieldsOf, type Schema } from './schema.ts';
import { SchemaField } from './schema-field.tsx';
import { useSite } from './site.ts';
import { useWords } from './texts.ts';

interface Method {
  readonly name: string;
  readonly kind: 'RPC' | 'EVENT';
  readonly schema: Schema;
}

interface Answer {
  readonly resp?: unknown;
  readonly err?: unknown;
  readonly ms: number;
}

const FIRST_METHOD = 'QueryTime';

/** A form for each method, made from the contract. */
export function MethodForm() {
  const words = useWords();
  const fieldWords = useFieldWords();
  const site = useSite();
  const [name, setName] = useState(FIRST_METHOD);
  const { value } = useLoaded(() => site.client.get<{ down: Method[] }>(site.addresses.to('api/methods')), 'methods');
  const method = value?.down.find((each) => each.name === name);
  return (
    <>
      <ChoiceField
        label={words('by-form')}
        value={name}
        onInput={setName}
        hint={fieldWords.lookUp(name)}
        choices={(value?.down ?? []).map((each) => [each.name, `${each.name} (${each.kind})`])}
      />
      {method && <Form key={name} method={method} />}
    </>
  );
}

function Form({ method: { name, kind, schema } }: { method: Method }) {
  const words = useWords();
  const site = useSite();
  const call = useCall<Answer>();
  /** Undefined until the simulator has said what to begin with. */
  const [values, setValues] = useState<Readonly<Record<string, string>> | undefined>(undefined);
  const [asEvent, setAsEvent] = useState(kind === 'EVENT');
  const [answer, setAnswer] = useState<Answer | undefined>(undefined);
  const fields = fieldsOf(schema);
  const fill = (channel: number): void => {
    site.sample(name, channel).then(
      (sample) => setValues(Object.fromEntries(Object.entries(sample).map(([key, value]) => [key, String(value)]))),
      () => setValues({}),
    );
  };
  useEffect(() => fill(firstChannel(site.device?.channels)), [name]);
  const send = async (): Promise<void> => {
    setAnswer(undefined);
    const params = fields.length === 0 ? {} : { params: paramsOf(fields, values ?? {}) };
    const [path, body] = asEvent ? ['events', { event: name, ...params }] : ['requests', { req: name, ...params }];
    setAnswer(await call.start(() => site.client.send('POST', site.addresses.device(path), body)));
  };
  return (
    <form
      class="send-form"
      aria-label={name}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {fields.length === 0 && <p class="soft">{words('no-params')}</p>}
      {fields.map((field) => (
        <SchemaField
          key={field.name}
          field={field}
          value={values?.[field.name] ?? ''}
          onInput={(text) => setValues({ ...values, [field.name]: text })}
        />
      ))}
      <SwitchField label={words('as-event')} value={asEvent} onInput={setAsEvent} />
      <div class="buttons">
        <Button look="main" type="submit" busy={call.busy} disabled={values === undefined}>
          {words('send')}
        </Button>
        {fields.length > 0 && (
          <Button onClick={() => fill(Number(values?.['channel']) || 0)}>{words('fill-in')}</Button>
        )}
      </div>
      <Failure call={call} />
      <div role="status">{answer && <AnswerText answer={answer} />}</div>
    </form>
  );
}

function AnswerText({ answer: { resp, err, ms } }: { answer: Answer }) {
  const words = useWords();
  if (ms === undefined) return <p>{words('sent')}</p>;
  return (
    <div class="answer">
      <Badge tone={err === undefined ? 'good' : 'bad'}>{words('after', { ms })}</Badge>
      <pre>{JSON.stringify(err === undefined ? resp : { err }, null, 2)}</pre>
    </div>
  );
}

/** Text as JSON values: what is no number is sent as it was typed, because a device must bear that too. */
function paramsOf(fields: readonly FormField[], values: Readonly<Record<string, string>>): object {
  const given = fields.filter(({ name }) => (values[name] ?? '') !== '');
  return Object.fromEntries(
    given.map(({ name, kind }) => {
      const text = values[name] ?? '';
      const number = Number(text);
      return [name, kind === 'number' && text.trim() !== '' && !Number.isNaN(number) ? number : text];
    }),
  );
}

function firstChannel(channels: ReadonlyArray<{ channel: number; state: number }> = []): number {
  return (channels.find(({ state }) => state > 0) ?? channels[0])?.channel ?? 0;
}
