import type { SiteStatus } from '../../../admin/api.ts';
import { Card } from '../../kit/parts/card.tsx';
import { bytes, percent, useTimes } from '../../kit/words/figures.ts';
import { useBoxNow } from '../site.ts';
import { useSystemTexts } from './system-texts.ts';

/** What the box is and how it is. */
export function BoxCard({ status }: { status: SiteStatus }) {
  const words = useSystemTexts();
  const times = useTimes();
  const now = useBoxNow();
  const { box, time, version, startedAt, configuration } = status;
  const { memory, disk, load, cores, network } = box;
  const [free, total] = [bytes(memory.freeBytes), bytes(memory.totalBytes)];
  const facts: ReadonlyArray<readonly [string, string | undefined]> = [
    [words('version'), version],
    [words('gateway-since'), times.span(now - Date.parse(startedAt))],
    [words('box-since'), times.span(box.uptimeSeconds * 1_000)],
    [words('load'), words('load-value', { now: load[0].toFixed(2), cores })],
    [words('cpu'), percent(box.cpuPercent)],
    [words('memory'), words('memory-value', { used: bytes(memory.processBytes), free, total })],
    [words('disk'), disk && words('disk-value', { free: bytes(disk.freeBytes), total: bytes(disk.totalBytes) })],
    [words('temperature'), box.temperature === undefined ? undefined : `${box.temperature.toFixed(0)} °C`],
    [words('time'), words(`time-${time.by}`, { time: times.clock(now) })],
    ...network
      .filter(({ addresses }) => addresses.length > 0)
      .map(({ name, addresses }) => [`${words('network')} ${name}`, addresses.join(', ')] as const),
    [words('file'), configuration.file],
  ];
  return (
    <Card title={words('box')}>
      <dl class="facts">
        {facts.map(([name, value]) =>
          value === undefined ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
    </Card>
  );
}
