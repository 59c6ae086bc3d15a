import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Frame, type Place } from '../kit/parts/frame.tsx';
import { useRoute } from '../kit/parts/use-route.ts';
import { CamerasPage } from './cameras/cameras-page.tsx';
import { ChannelPage } from './channel/channel-page.tsx';
import { ConnectionBar } from './connection-bar.tsx';
import { Overview } from './overview/overview.tsx';
import { PlatformPage } from './platform/platform-page.tsx';
import { CamerasStep } from './set-up/cameras-step.tsx';
import { FirstRun } from './set-up/first-run.tsx';
import { SettingsPage } from './settings/settings-page.tsx';
import { SignIn, SignOut } from './sign-in.tsx';
import { Site, SiteContext } from './site.ts';
import { SystemPage } from './system/system-page.tsx';
import { useTexts } from './words/texts.ts';

interface Way {
  readonly route: RegExp;
  readonly place: string;
  readonly Page: ComponentType<{ readonly argument: string }>;
}

/** Where each address leads; the first that fits. */
const WAYS: readonly Way[] = [
  { route: /^\/channels\/(\d+)$/, place: '/', Page: ({ argument }) => <ChannelPage channel={Number(argument)} /> },
  { route: /^\/cameras$/, place: '/cameras', Page: CamerasPage },
  { route: /^\/platform$/, place: '/platform', Page: PlatformPage },
  { route: /^\/settings$/, place: '/settings', Page: SettingsPage },
  { route: /^\/system$/, place: '/system', Page: SystemPage },
  { route: /^/, place: '/', Page: Overview },
];

/** The installer's page: what it shows depends on who the box takes us for. */
export function App() {
  const [site] = useState(() => new Site());
  useEffect(() => void site.meet(), [site]);
  return (
    <SiteContext.Provider value={site}>
      <Gate site={site} />
    </SiteContext.Provider>
  );
}

function Gate({ site }: { site: Site }) {
  const words = useTexts();
  const state = site.session.value?.state;
  if (state === undefined) return <Waiting site={site} />;
  if (state === 'signed-in') return <Inside site={site} />;
  return (
    <Frame title="ovd-gateway" places={[]} here="" navigationLabel={words('navigation')}>
      {state === 'set-up' ? <FirstRun /> : <SignIn />}
    </Frame>
  );
}

const RETRY_MS = 2_000;

/** Before the first answer of the box; long only where nobody answers. */
function Waiting({ site }: { site: Site }) {
  const words = useTexts();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setInterval(() => {
      setLate(true);
      void site.meet();
    }, RETRY_MS);
    return () => clearInterval(timer);
  }, [site]);
  return (
    <Frame title="ovd-gateway" places={[]} here="" navigationLabel={words('navigation')}>
      <p role="status">{late ? words('box-silent') : ''}</p>
    </Frame>
  );
}

function Inside({ site }: { site: Site }) {
  const words = useTexts();
  const route = useRoute();
  useEffect(() => {
    const life = new AbortController();
    site.follow(life.signal);
    return () => life.abort();
  }, [site]);
  if (route === '/welcome') return <Welcome />;
  const way = WAYS.find((row) => row.route.test(route));
  if (!way) return null;
  const places: readonly Place[] = [
    { href: '/', label: words('overview'), icon: 'overview' },
    { href: '/cameras', label: words('cameras'), icon: 'camera' },
    { href: '/platform', label: words('platform'), icon: 'platform' },
    { href: '/settings', label: words('settings'), icon: 'settings' },
    { href: '/system', label: words('system'), icon: 'system' },
  ];
  const [, argument = ''] = way.route.exec(route) ?? [];
  return (
    <Frame
      title="ovd-gateway"
      places={places}
      here={way.place}
      navigationLabel={words('navigation')}
      aside={<SignOut />}
    >
      <ConnectionBar />
      {site.status.value && <way.Page key={argument} argument={argument} />}
    </Frame>
  );
}

/** The last steps of the first run: the box is set up, its cameras are not. */
function Welcome() {
  const words = useTexts();
  return (
    <Frame title="ovd-gateway" places={[]} here="" navigationLabel={words('navigation')}>
      <ConnectionBar />
      <CamerasStep />
    </Frame>
  );
}
