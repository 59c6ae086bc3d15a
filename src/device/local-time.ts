import { GatewayError } from '../runtime/errors.ts';

/** The box's own idea of local time, as OVS RPC writes it: `yyyy-MM-ddTHH:mm:ss`, without a zone (ovs-rpc section 4). */
export function localDateTime(at: Date): string {
  const day = [String(at.getFullYear()).padStart(4, '0'), twoDigits(at.getMonth() + 1), twoDigits(at.getDate())];
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits);
  return `${day.join('-')}T${time.join(':')}`;
}

/**
 * How far such a local time is ahead of `at`, in ms.
 * @throws GatewayError `bad-parameter` when there is no such time
 */
export function aheadMs(written: string, at: Date): number {
  const moment = new Date(written).getTime();
  if (Number.isNaN(moment)) throw new GatewayError('bad-parameter', 'there is no such time');
  return moment - at.getTime();
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');
