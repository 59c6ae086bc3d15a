import type { RecordingReport, StoredSegment } from './recording-ledger.ts';

/** Time stamps that meet to within this many 90 kHz ticks go on. */
const TOLERANCE_TICKS = 90;

/**
 * The HLS list of a session (RFC 8216), its segments' addresses relative to it and each with `query`. It ends when the
 * recorder has ended the session; until then a player may come back for more.
 */
export function playlist({ session, segments, saved, forgotten }: RecordingReport, query: string): string {
  const longest = Math.ceil(Math.max(1, ...segments.map(({ duration }) => duration)));
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:3',
    `#EXT-X-TARGETDURATION:${longest}`,
    `#EXT-X-MEDIA-SEQUENCE:${forgotten}`,
    ...(forgotten === 0 ? [`#EXT-X-PLAYLIST-TYPE:${saved ? 'VOD' : 'EVENT'}`] : []),
    ...segments.flatMap((segment, index) => [
      ...(goesOn(segments[index - 1], segment) ? [] : ['#EXT-X-DISCONTINUITY']),
      `#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.start * 1000).toISOString()}`,
      `#EXTINF:${segment.duration.toFixed(6)},`,
      `${session}/${segment.name}${query}`,
    ]),
    ...(saved ? ['#EXT-X-ENDLIST'] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function goesOn(before: StoredSegment | undefined, { nextDts, duration }: StoredSegment): boolean {
  return before === undefined || Math.abs(nextDts - duration * 90_000 - before.nextDts) <= TOLERANCE_TICKS;
}
