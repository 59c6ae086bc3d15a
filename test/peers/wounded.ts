/** Messages that were sane once: cuts, doubles, swaps, splices. */

const PIECES = [
  '<',
  '>',
  '&',
  '&#0;',
  '&lt;',
  '"',
  '\0',
  '\uFEFF',
  '<a>',
  '</a>',
  '__proto__',
  '<!--',
  ']]>',
  '<![CDATA[',
  'constructor',
  '%FF',
  '999999999999',
  '\ud800',
  '<?x',
  ' xmlns:a="',
  '<toString/>',
];

/** One of the sane messages with one to six wounds. */
export function wounded(sane: readonly string[], random: () => number): string {
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  let text = pick(sane) ?? '';
  const at = (): number => Math.floor(random() * (text.length + 1));
  const wounds: ReadonlyArray<() => string> = [
    () => text.slice(0, at()),
    () => text.slice(at()),
    () => text.slice(0, at()) + (pick(PIECES) ?? '') + text.slice(at()),
    () => text + text.slice(at()),
    () => (pick(sane) ?? '').slice(0, at()) + text,
    () => text.replaceAll('true', pick(PIECES) ?? ''),
  ];
  for (let count = 1 + Math.floor(random() * 6); count > 0; count--) text = pick(wounds)?.() ?? text;
  return text.slice(0, 20_000);
}
