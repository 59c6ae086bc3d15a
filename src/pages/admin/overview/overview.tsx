import type { Fault, SiteStatus } from '../../../admin/api.ts';
import { Notice } from '../../kit/parts/badge.tsx';
import { Card } from '../../kit/parts/card.tsx';
import { useSite } from '../site.ts';
import { useFaultWords } from '../words/failure-words.ts';
import { useTexts } from '../words/texts.ts';
import { useTroubleTexts } from '../words/trouble-texts.ts';
import { ChannelCard } from './channel-card.tsx';
import { LinkCard } from './link-card.tsx';
import { TroubleNotice } from './trouble.tsx';

/** The site at a glance: what is wrong comes first, then every channel. */
export function Overview() {
  const words = useTexts();
  const status = useSite().status.value;
  if (!status) return null;
  // What is wrong with the link stands in the link's own card.
  const elsewhere = status.faults.filter(({ kind }) => kind !== status.link.trouble?.kind);
  return (
    <div class="stack">
      <h1 class="unseen">{words('overview')}</h1>
      <LinkCard status={status} />
      {elsewhere.map((trouble) => (
        <TroubleNotice key={trouble.kind} trouble={trouble} />
      ))}
      <FileFaults configuration={status.configuration} />
      {status.channels.length === 0 ? (
        <Card>
          <p class="empty">{words('no-channels')}</p>
          <p class="centred">
            <a class="button button-main" href="#/cameras">
              {words('add-cameras')}
            </a>
          </p>
        </Card>
      ) : (
        <ul class="channel-grid">
          {status.channels.map((channel) => (
            <ChannelCard key={channel.channel} status={channel} />
          ))}
        </ul>
      )}
    </div>
  );
}

/** What somebody who edits the file by hand has to mend, line by line. */
function FileFaults({ configuration: { file, faults } }: Pick<SiteStatus, 'configuration'>) {
  const words = useTexts();
  const troubles = useTroubleTexts();
  const faultWords = useFaultWords();
  if (faults.length === 0) return null;
  const lineOf = (fault: Fault): string => {
    const { line, column, path } = fault;
    const place =
      line === undefined ? '' : words(column === undefined ? 'file-line' : 'file-place', { line, column: column ?? 0 });
    return [place, path, faultWords(fault)].filter(Boolean).join(': ');
  };
  return (
    <Notice tone="bad" title={`${troubles('configuration-refused')}: ${file}`}>
      {faults.map((fault) => (
        <p key={fault.path}>{lineOf(fault)}</p>
      ))}
    </Notice>
  );
}
