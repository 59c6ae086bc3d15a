import type { Pauses } from '../runtime/supervise.ts';

/** Between two tries of a login that a camera refuses: it would lock the account, for 5 to 30 minutes (field guide 4.1). */
export const REFUSED_LOGIN_PAUSES: Pauses = { minMs: 600_000, maxMs: 600_000, healthyMs: Number.POSITIVE_INFINITY };
