import { start } from '../kit/start.tsx';
import { Page } from './page.tsx';
import { Site, SiteProvider } from './site.ts';
import './simulator.css';

const site = new Site(location.search);
site.run(new AbortController().signal);
start(
  <SiteProvider value={site}>
    <Page />
  </SiteProvider>,
);
