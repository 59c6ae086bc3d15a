import type { CameraAnswer, ChannelStatus } from '../../../admin/api.ts';
import { useChannelTexts } from './channel-texts.ts';

/** Less is what a network costs. */
const RIGHT_MS = 3_000;

/** What is known of a camera, as name and value; what is not known is left out. */
export function useChannelFacts(
  { camera: seen, events }: ChannelStatus,
  camera: CameraAnswer | undefined,
): ReadonlyArray<readonly [name: string, value: string]> {
  const words = useChannelTexts();
  const device = seen.device ?? camera?.device;
  const offsetMs = seen.clockOffsetMs ?? camera?.clockOffsetMs;
  const clock = (ms: number): string =>
    Math.abs(ms) < RIGHT_MS ? words('clock-right') : words('clock-off', { seconds: Math.round(ms / 1_000) });
  const facts: ReadonlyArray<readonly [string, string | undefined]> = [
    [words('device'), device && `${device.manufacturer} ${device.model}`.trim()],
    [words('firmware'), device?.firmware],
    [words('serial'), device?.serial],
    [words('address'), seen.host ?? camera?.host],
    [words('clock'), offsetMs === undefined ? undefined : clock(offsetMs)],
    [words('events'), events && words(`events-${events.mode}`)],
  ];
  return facts.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value] as const]));
}
