import { useState } from 'preact/hooks';
import { Button } from '../kit/parts/button.tsx';
import { Card } from '../kit/parts/card.tsx';
import { SwitchField } from '../kit/parts/field.tsx';
import { useCall } from '../kit/parts/use-call.ts';
import { Failure } from './failure.tsx';
import { MethodForm } from './method-form.tsx';
import { useSite } from './site.ts';
import { useWords } from './texts.ts';

const EXAMPLES = {
  'example-request': '{"req":"QueryTime","seq":1}',
  'example-broken': '{"req":"QueryTime",',
  'example-kind': '{"seq":1}',
  'example-both': '{"req":"QueryTime","resp":{},"seq":1}',
  'example-foreign': '{"resp":{},"seq":4711}',
} as const;
/** Their order is the page's. */
const EXAMPLE_KEYS = Object.keys(EXAMPLES) as Array<keyof typeof EXAMPLES>; // Object.keys forgets the type.

/** Packets for the device: by a form for each method, or by hand, also broken ones. */
export function SendCard() {
  const words = useWords();
  const [byHand, setByHand] = useState(false);
  return (
    <Card title={words('send-title')}>
      <fieldset class="choice-buttons" aria-label={words('send-title')}>
        <Button look={byHand ? 'plain' : 'main'} aria-pressed={!byHand} onClick={() => setByHand(false)}>
          {words('by-form')}
        </Button>
        <Button look={byHand ? 'main' : 'plain'} aria-pressed={byHand} onClick={() => setByHand(true)}>
          {words('by-hand')}
        </Button>
      </fieldset>
      {byHand ? <RawForm /> : <MethodForm />}
    </Card>
  );
}

function RawForm() {
  const words = useWords();
  const site = useSite();
  const call = useCall<unknown>();
  const [text, setText] = useState<string>(EXAMPLES['example-request']);
  const [binary, setBinary] = useState(false);
  const [sent, setSent] = useState<unknown>(undefined);
  const send = async (): Promise<void> => {
    const body = binary ? { base64: base64(text) } : { text };
    setSent(await call.start(() => site.client.send('POST', site.addresses.device('raw'), body)));
  };
  return (
    <form
      class="send-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label class="field">
        <span>{words('raw-text')}</span>
        <textarea rows={5} spellcheck={false} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      <fieldset class="examples" aria-label={words('examples')}>
        <span class="soft small">{words('examples')}</span>
        {EXAMPLE_KEYS.map((key) => (
          <Button key={key} look="bare" onClick={() => setText(EXAMPLES[key])}>
            {words(key)}
          </Button>
        ))}
      </fieldset>
      <SwitchField label={words('raw-binary')} value={binary} onInput={setBinary} />
      <div class="buttons">
        <Button look="main" type="submit" busy={call.busy}>
          {words('send')}
        </Button>
      </div>
      <Failure call={call} />
      <p role="status">{sent === undefined ? '' : words('sent')}</p>
    </form>
  );
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
