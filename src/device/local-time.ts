/** The box's own idea of local time, as OVS RPC writes it: `yyyy-MM-ddTHH:mm:ss`, without a zone (ovs-rpc section 4). */
export function localDateTime(at: Date): string {
  const day = [String(at.getFullYear()).padStart(4, '0'), twoDigits(at.getMonth() + 1), twoDigits(at.getDate())];
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits);
  return `${day.join('-')}T${time.join(':')}`;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');
