import type { SoapCall, SoapFault, SoapOperation, SoapService } from './soap-service.ts';
import { childOf, textsOf, type Xml, xml } from './xml.ts';

/** The ONVIF event service (ver10) with its subscriptions: pull-points, and calls to the client. */

type Answer = (call: SoapCall) => Xml | SoapFault | Promise<Xml | SoapFault>;

const OPERATIONS: ReadonlyMap<string, SoapOperation> = new Map(
  Object.entries({
    CreatePullPointSubscription: createPullPoint,
    Subscribe: subscribe,
    PullMessages: withSubscription(pull),
    SetSynchronizationPoint: withSubscription(synchronise),
    Renew: withSubscription(renew),
    Unsubscribe: withSubscription(unsubscribe),
  } satisfies Record<string, Answer>).map(([name, answer]) => [name, { access: 'user', answer: addressed(answer) }]),
);

const PATH = '/onvif/event';

export const eventService: SoapService = {
  path: PATH,
  namespace: 'http://www.onvif.org/ver10/events/wsdl',
  version: { major: 2, minor: 6 },
  capability: (xaddr) =>
    xml`<tt:Events><tt:XAddr>${xaddr}</tt:XAddr><tt:WSPullPointSupport>false</tt:WSPullPointSupport></tt:Events>`,
  isAnnounced: (habits) => !habits.has('no-events'),
  operations: OPERATIONS,
};

const NOT_SUPPORTED: SoapFault = { fault: 'ter:ActionNotSupported', reason: 'Not supported' };
const HANG_UP: SoapFault = { fault: 'hangUp', reason: 'Broken' };
const UNKNOWN: SoapFault = { fault: 'ter:InvalidArgVal', detail: 'wsrf-rw:ResourceUnknownFault', reason: 'Unknown' };
const ADDRESSING = ['Action', 'MessageID', 'To'];

/** What the camera thinks of the headers comes first. */
function addressed(answer: Answer): Answer {
  return (call) => {
    const { habits } = call.camera;
    const headers = ADDRESSING.filter((name) => textsOf(call.header, name).length > 0);
    if (habits.has('addressing-required') && headers.length < ADDRESSING.length) return HANG_UP;
    if (habits.has('addressing-not-understood') && headers.length > 0) {
      return { fault: 'MustUnderstand', reason: 'Header not understood' };
    }
    return answer(call);
  };
}

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

/** How long a subscription is granted, and what the camera says of it. */
function term({ camera, request }: SoapCall, element: string): { ms: number; times: Xml } | SoapFault {
  const { habits } = camera;
  const [asked] = textsOf(request, element);
  const relative = /^PT(\d+)S$/.exec(asked ?? '')?.[1];
  if (asked === undefined && habits.has('wants-term')) return { fault: 'webPage', reason: 'Internal error' };
  if (relative !== undefined && habits.has('absolute-term-only')) {
    return {
      fault: 'ter:InvalidArgVal',
      detail: 'wsnt:UnacceptableInitialTerminationTimeFault',
      reason: 'Want a time',
    };
  }
  const now = habits.has('year-term') ? new Date('2017-01-01T00:00:00Z') : camera.time();
  const wishMs = relative === undefined ? Date.parse(asked ?? '') - now.getTime() : Number(relative) * 1000;
  const fullMs = Number.isFinite(wishMs) && wishMs > 0 ? Math.min(wishMs, HOUR_MS) : HOUR_MS;
  const ms = habits.has('short-term') ? 10_000 : habits.has('year-term') ? YEAR_MS : fullMs;
  const times = xml`<wsnt:CurrentTime>${now.toISOString()}</wsnt:CurrentTime>
<wsnt:TerminationTime>${new Date(now.getTime() + ms).toISOString()}</wsnt:TerminationTime>`;
  return { ms, times };
}

function createPullPoint(call: SoapCall): Xml | SoapFault {
  const { camera } = call;
  if (camera.habits.has('no-pull-point')) return NOT_SUPPORTED;
  const granted = term(call, 'InitialTerminationTime');
  if ('fault' in granted) return granted;
  const id = camera.events.make(granted.ms);
  if (id === undefined) return { fault: 'ter:InvalidArgVal', reason: 'Too many subscribers' };
  return xml`<tev:CreatePullPointSubscriptionResponse>${reference('tev', call, id)}${granted.times}</tev:CreatePullPointSubscriptionResponse>`;
}

function subscribe(call: SoapCall): Xml | SoapFault {
  const granted = term(call, 'InitialTerminationTime');
  if ('fault' in granted) return granted;
  const [address = ''] = textsOf(childOf(call.request, 'ConsumerReference'), 'Address');
  if (!URL.canParse(address)) return { fault: 'ter:InvalidArgVal', reason: 'No consumer' };
  const id = call.camera.events.make(granted.ms, new URL(address));
  if (id === undefined) return { fault: 'ter:InvalidArgVal', reason: 'Too many subscribers' };
  return xml`<wsnt:SubscribeResponse>${reference('wsnt', call, id)}${granted.times}</wsnt:SubscribeResponse>`;
}

/** Where the subscription is: in the address, or in what the client must send along. */
function reference(prefix: 'tev' | 'wsnt', { camera }: SoapCall, id: string): Xml {
  const hidden = camera.habits.has('reference-parameters');
  const address = camera.habits.address(camera.serviceUri(hidden ? PATH : `${PATH}?sub=${id}`), 'xaddr');
  const parameters = hidden
    ? xml`<wsa:ReferenceParameters><v:SubscriptionId xmlns:v="http://vendor.example/event">${id}</v:SubscriptionId></wsa:ReferenceParameters>`
    : undefined;
  const inner = xml`<wsa:Address>${address}</wsa:Address>${parameters}`;
  // The prefix is one of ours, so that only the parts need escaping.
  return prefix === 'tev'
    ? xml`<tev:SubscriptionReference>${inner}</tev:SubscriptionReference>`
    : xml`<wsnt:SubscriptionReference>${inner}</wsnt:SubscriptionReference>`;
}

function withSubscription(answer: (call: SoapCall, id: string) => Xml | SoapFault | Promise<Xml | SoapFault>): Answer {
  return (call) => {
    const { camera, header, target } = call;
    const written = childOf(header, 'SubscriptionId')?.['#text'];
    const headerId = typeof written === 'string' ? written : textsOf(header, 'SubscriptionId')[0];
    const id = camera.habits.has('reference-parameters') ? headerId : /[?&]sub=(\d+)/.exec(target)?.[1];
    return id !== undefined && camera.events.has(id) ? answer(call, id) : UNKNOWN;
  };
}

const QUICK_MS = 0;

async function pull({ camera, request, signal }: SoapCall, id: string): Promise<Xml | SoapFault> {
  const { habits, events } = camera;
  const seconds = Number(/^PT(\d+)S$/.exec(textsOf(request, 'Timeout')[0] ?? '')?.[1] ?? 1);
  const limit = Number(textsOf(request, 'MessageLimit')[0] ?? 10);
  const waitMs = habits.has('pulls-at-once') ? QUICK_MS : seconds * 1000;
  const messages = await events.pull(id, { waitMs, limit }, signal);
  if (messages.length === 0 && habits.has('pull-hangs-up')) return HANG_UP;
  if (messages.length === 0 && !events.has(id)) return UNKNOWN;
  const now = camera.time().toISOString();
  return xml`<tev:PullMessagesResponse><tev:CurrentTime>${now}</tev:CurrentTime><tev:TerminationTime>${now}</tev:TerminationTime>${messages}</tev:PullMessagesResponse>`;
}

function synchronise({ camera }: SoapCall, id: string): Xml | SoapFault {
  if (camera.habits.has('no-sync-point')) return NOT_SUPPORTED;
  camera.events.synchronise(id);
  return xml`<tev:SetSynchronizationPointResponse/>`;
}

function renew(call: SoapCall, id: string): Xml | SoapFault {
  if (call.camera.habits.has('no-renew')) return NOT_SUPPORTED;
  const granted = term(call, 'TerminationTime');
  if ('fault' in granted) return granted;
  call.camera.events.renew(id, granted.ms);
  return xml`<wsnt:RenewResponse>${granted.times}</wsnt:RenewResponse>`;
}

function unsubscribe({ camera }: SoapCall, id: string): Xml {
  camera.events.end(id);
  return xml`<wsnt:UnsubscribeResponse/>`;
}
