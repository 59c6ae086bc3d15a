import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { Notice } from '../kit/parts/badge.tsx';
import { Frame } from '../kit/parts/frame.tsx';
import type { IconName } from '../kit/parts/icons.tsx';
import { useLoaded } from '../kit/parts/use-loaded.ts';
import { useRoute } from '../kit/parts/use-route.ts';
import { AlarmsPage } from './alarms.tsx';
import { DevicesPage, Presence } from './devices.tsx';
import { FaultsPage } from './faults.tsx';
import { LivePage } from './live.tsx';
import { PacketsPage } from './packets.tsx';
import { RecordingsPage } from './recordings.tsx';
import { RulesPage } from './rules.tsx';
import { useSite } from './site.ts';
import { useWords } from './texts.ts';

/** The parts of a device's page, by what stands behind the # of the address. */
const PLACES = {
  '/': { label: 'place-packets', icon: 'system', page: () => <PacketsPage /> },
  '/live': { label: 'place-live', icon: 'live', page: () => <LivePage /> },
  '/recordings': { label: 'place-recordings', icon: 'record', page: () => <RecordingsPage /> },
  '/alarms': { label: 'place-alarms', icon: 'bell', page: () => <AlarmsPage /> },
  '/faults': { label: 'place-faults', icon: 'warning', page: () => <FaultsPage /> },
  '/rules': { label: 'place-rules', icon: 'check', page: () => <RulesPage /> },
} as const satisfies Record<string, { label: string; icon: IconName; page: () => ComponentChildren }>;

type Way = keyof typeof PLACES;
const WAYS = Object.keys(PLACES) as Way[]; // Object.keys forgets the type of its own keys.

/** The whole page: all devices, or one of them as the address says. */
export function Page() {
  const words = useWords();
  const site = useSite();
  const route = useRoute();
  const { code } = site.addresses;
  const here = WAYS.find((way) => way === route) ?? '/';
  const places =
    code === undefined ? [] : WAYS.map((href) => ({ href, label: words(PLACES[href].label), icon: PLACES[href].icon }));
  useEffect(() => {
    document.title = code === undefined ? words('title') : `${code} – ${words('title')}`;
  });
  return (
    <Frame
      title={words('title')}
      places={places}
      here={here}
      navigationLabel={words('navigation')}
      aside={<DeviceChoice />}
    >
      <div class="stack">
        <LinkNotice />
        {code === undefined ? <DevicesPage /> : <DeviceFrame>{PLACES[here].page()}</DeviceFrame>}
      </div>
    </Frame>
  );
}

function DeviceFrame({ children }: { children: ComponentChildren }) {
  const words = useWords();
  const site = useSite();
  const { code = '' } = site.addresses;
  if (site.devices.value && !site.device) return <Notice tone="quiet" title={words('waiting-for-device', { code })} />;
  return (
    <>
      <MovedNotice />
      {children}
    </>
  );
}

/** A switch that is forgotten looks like a fault of the device. */
function MovedNotice() {
  const words = useWords();
  const site = useSite();
  const moved = site.moved.value[site.addresses.code ?? ''] ?? [];
  if (moved.length === 0 || site.tour?.running) return null;
  return (
    <Notice tone="warn" title={words('misbehaves')}>
      <a href="#/faults">{moved.join(', ')}</a>
    </Notice>
  );
}

/** Says why nothing moves: the simulator is away, or wants its token. */
function LinkNotice() {
  const words = useWords();
  const site = useSite();
  const asked = useLoaded(() => site.client.get(site.addresses.to('api/devices')), String(site.events.connected.value));
  if (asked.failure?.status === 403) return <Notice tone="bad" title={words('not-allowed')} />;
  if (site.events.connected.value || asked.value === undefined) return null;
  return <Notice tone="warn" title={words('not-connected')} />;
}

function DeviceChoice() {
  const words = useWords();
  const site = useSite();
  const { code, page } = site.addresses;
  const codes = new Set([
    ...(site.devices.value ?? []).map((device) => device.code),
    ...(code === undefined ? [] : [code]),
  ]);
  if (code === undefined) return null;
  return (
    <>
      {site.device && <Presence device={site.device} />}
      <select
        class="device-choice"
        aria-label={words('device')}
        value={code}
        onChange={({ currentTarget: { value } }) =>
          location.assign(`${page(value === '' ? undefined : value)}${location.hash}`)
        }
      >
        <option value="">{words('all-devices')}</option>
        {[...codes].map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </>
  );
}
