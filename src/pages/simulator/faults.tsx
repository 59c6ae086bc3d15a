import { useState } from 'preact/hooks';
import { Button } from '../kit/parts/button.tsx';
import { Card } from '../kit/parts/card.tsx';
import { useToasts } from '../kit/parts/toast.tsx';
import { useLoaded } from '../kit/parts/use-loaded.ts';
import { type FormField, fieldsOf, type Schema } from './schema.ts';
import { SchemaField } from './schema-field.tsx';
import { useSite } from './site.ts';
import { type TEXTS, useWords } from './texts.ts';

type Values = Readonly<Record<string, unknown>>;

interface Group {
  readonly name: 'link' | 'streams' | 'recordings' | 'pictures';
  readonly path: string;
  readonly cut?: keyof typeof TEXTS;
}

/** The switches that make the platform misbehave, as the simulator describes them. */
export function FaultsPage() {
  const words = useWords();
  const site = useSite();
  const toasts = useToasts();
  const [round, setRound] = useState(0);
  const { to, device } = site.addresses;
  const groups: readonly Group[] = [
    { name: 'link', path: device('faults'), cut: 'cut-link' },
    { name: 'streams', path: to('api/streams/faults'), cut: 'cut-streams' },
    { name: 'recordings', path: to('api/recordings/faults') },
    { name: 'pictures', path: to('api/pictures/faults') },
  ];
  const { value } = useLoaded(() => site.client.get<Record<Group['name'], Schema>>(to('api/faults/schema')), 'schema');
  const behave = async (): Promise<void> => {
    await site.client.send('DELETE', to('api/faults')).catch(() => undefined);
    setRound(round + 1);
    toasts.say(words('behaves-again'));
  };
  return (
    <>
      <div class="faults-head">
        <p class="soft">{words('faults-what')}</p>
        <Button onClick={() => void behave()}>{words('behave-again')}</Button>
      </div>
      <div class="fault-groups">
        {value &&
          groups.map((group) => <FaultGroup key={`${group.name} ${round}`} group={group} schema={value[group.name]} />)}
      </div>
    </>
  );
}

function FaultGroup({ group: { name, path, cut }, schema }: { group: Group; schema: Schema }) {
  const words = useWords();
  const site = useSite();
  const toasts = useToasts();
  const [told, setTold] = useState<Values | undefined>(undefined);
  const { value: first } = useLoaded(() => site.client.get<Values>(path), path);
  const values = told ?? first;
  const put = async (patch: Values): Promise<void> => {
    try {
      setTold(await site.client.send<Values>('PUT', path, patch));
    } catch (err) {
      toasts.say(err instanceof Error ? err.message : String(err), 'bad');
    }
  };
  return (
    <Card title={words(`faults-${name}`)}>
      {values &&
        fieldsOf(schema).map((field) => (
          <FaultField key={`${field.name} ${values[field.name]}`} field={field} value={values[field.name]} put={put} />
        ))}
      {cut && (
        <div class="buttons">
          <Button look="danger" onClick={() => void put({ cut: true })}>
            {words(cut)}
          </Button>
        </div>
      )}
    </Card>
  );
}

interface FaultFieldProps {
  readonly field: FormField;
  readonly value: unknown;
  readonly put: (patch: Values) => Promise<void>;
}

/** A switch takes effect when it is moved, a figure when it is complete. */
function FaultField({ field, value, put }: FaultFieldProps) {
  const [text, setText] = useState(String(value));
  const { name, kind } = field;
  if (kind === 'choices') return <Choices field={field} value={value} put={put} />;
  if (kind === 'number') {
    const complete = (): void => {
      if (text !== String(value)) void put({ [name]: Number(text) });
    };
    return <SchemaField field={{ ...field, required: true }} value={text} onInput={setText} onBlur={complete} />;
  }
  const move = (news: string): void => void put({ [name]: kind === 'switch' ? news === 'true' : news });
  return <SchemaField field={{ ...field, required: true }} value={text} onInput={move} />;
}

function Choices({ field: { name, choices }, value, put }: FaultFieldProps) {
  const chosen: readonly unknown[] = Array.isArray(value) ? value : [];
  return (
    <fieldset class="choices">
      <legend>{name}</legend>
      {choices.map((choice) => (
        <label key={choice}>
          <input
            type="checkbox"
            checked={chosen.includes(choice)}
            onChange={({ currentTarget: { checked } }) =>
              void put({ [name]: choices.filter((each) => (each === choice ? checked : chosen.includes(each))) })
            }
          />
          {choice}
        </label>
      ))}
    </fieldset>
  );
}
