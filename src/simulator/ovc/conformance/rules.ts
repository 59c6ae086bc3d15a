import { ALARM_RULES } from './alarm-rules.ts';
import { LINK_RULES } from './link-rules.ts';
import { LIVE_RULES } from './live-rules.ts';
import { HABIT_RULES, PACKET_RULES } from './packet-rules.ts';
import { RECORD_RULES } from './record-rules.ts';
import type { Rule } from './rule.ts';

/** Every rule, in the order in which they are tried: quick questions first, habits last. */
export const RULES: readonly Rule[] = [
  ...PACKET_RULES,
  ...LIVE_RULES,
  ...RECORD_RULES,
  ...LINK_RULES,
  ...ALARM_RULES,
  ...HABIT_RULES,
];
