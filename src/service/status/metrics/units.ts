/** How values of the status are told: true as 1, times in seconds. */

export const flag = (is: boolean): number => (is ? 1 : 0);

export const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1_000);

/** Since 1970. */
export const timestamp = (at: string | undefined): number | undefined =>
  at === undefined ? undefined : Date.parse(at) / 1_000;
