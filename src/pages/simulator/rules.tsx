import type { ComponentChildren } from 'preact';
import type { RuleReport } from '../../simulator/ovc/conformance/tour-report.ts';
import type { Wire } from '../../simulator/ovc/wire.ts';
import { Badge, Notice, type Tone } from '../kit/parts/badge.tsx';
import { Button } from '../kit/parts/button.tsx';
import { Card } from '../kit/parts/card.tsx';
import { useCall } from '../kit/parts/use-call.ts';
import { useLoaded } from '../kit/parts/use-loaded.ts';
import { Failure } from './failure.tsx';
import { useRuleWords } from './rule-texts.ts';
import { useSite } from './site.ts';
import { useWords } from './texts.ts';

interface Rule extends Pick<RuleReport, 'id' | 'section' | 'says' | 'tried'> {
  readonly slow: boolean;
}

type Outcome = RuleReport['outcome'] | 'untried';

const TONES: Readonly<Record<Outcome, Tone>> = {
  pass: 'good',
  fail: 'bad',
  absent: 'quiet',
  running: 'accent',
  waiting: 'quiet',
  untried: 'quiet',
};
const DONE: ReadonlySet<Outcome> = new Set(['pass', 'fail', 'absent']);

/** The conformance tour: each rule of the protocol, and whether the device keeps to it. */
export function RulesPage() {
  const words = useWords();
  const site = useSite();
  const call = useCall<unknown>();
  const { value: rules = [] } = useLoaded(() => site.client.get<Rule[]>(site.addresses.to('api/conformance')), 'rules');
  const { tour, device } = site;
  const running = tour?.running ?? false;
  const path = site.addresses.device('conformance');
  const play = (wish: object): void => void call.start(() => site.client.send('POST', path, wish));
  const stop = (): void => void call.start(() => site.client.send('DELETE', path));
  const away = !device?.connected;
  return (
    <Card title={words('place-rules')} aside={<Tally rules={tour?.rules ?? []} />}>
      <p class="soft">{words('rules-what')}</p>
      <div class="buttons">
        <Button look="main" disabled={running || away} busy={call.busy} onClick={() => play({})}>
          {words('tour-all')}
        </Button>
        <Button disabled={running || away} busy={call.busy} onClick={() => play({ quick: true })}>
          {words('tour-quick')}
        </Button>
        {running && (
          <Button look="danger" onClick={stop}>
            {words('tour-stop')}
          </Button>
        )}
      </div>
      {away && !running && <Notice tone="warn" title={words('device-away')} />}
      <Failure call={call} />
      <ol class="rules">
        {rules.map((rule) => (
          <RuleRow key={rule.id} rule={rule} report={site.outcomes.value.get(rule.id)}>
            <Button look="bare" disabled={running || away} onClick={() => play({ only: [rule.id] })}>
              {words('tour-one')}
            </Button>
          </RuleRow>
        ))}
      </ol>
    </Card>
  );
}

/** How far the tour is, and what came of it. */
function Tally({ rules }: { rules: ReadonlyArray<Wire<RuleReport>> }) {
  const words = useWords();
  if (rules.length === 0) return null;
  const count = (outcome: Outcome): number => rules.filter((rule) => rule.outcome === outcome).length;
  const done = rules.filter(({ outcome }) => DONE.has(outcome)).length;
  return (
    <span class="badges" role="status">
      <span class="soft small">{words('tour-progress', { done, all: rules.length })}</span>
      {(['pass', 'fail', 'absent'] as const).map((outcome) => (
        <Badge key={outcome} tone={outcome === 'fail' && count('fail') === 0 ? 'quiet' : TONES[outcome]}>
          {`${count(outcome)} ${words(`rule-${outcome}`)}`}
        </Badge>
      ))}
    </span>
  );
}

interface RuleRowProps {
  readonly rule: Rule;
  readonly report: Wire<RuleReport> | undefined;
  readonly children: ComponentChildren;
}

function RuleRow({ rule: { id, says, tried, section, slow }, report, children }: RuleRowProps) {
  const words = useWords();
  const { lookUp } = useRuleWords();
  const outcome: Outcome = report?.outcome ?? 'untried';
  return (
    <li class={`rule rule-${outcome}`}>
      <span class="rule-outcome">
        <Badge tone={TONES[outcome]}>{words(`rule-${outcome}`)}</Badge>
      </span>
      <div class="rule-text">
        <p>{lookUp(id) ?? says}</p>
        <p class="soft small">
          {[words('section', { section }), lookUp(`${id}/tried`) ?? tried, ...(slow ? [words('slow-rule')] : [])].join(
            ' · ',
          )}
        </p>
        {report && report.saw !== '' && <p class="rule-saw">{report.saw}</p>}
      </div>
      {children}
    </li>
  );
}
