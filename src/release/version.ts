/** Versions as releases carry them (semver without build metadata), and their order. */

interface Version {
  readonly numbers: readonly number[];
  readonly stage: readonly string[];
}

const VERSION = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:-([0-9A-Za-z]+(?:\.[0-9A-Za-z]+)*))?$/;
const LONGEST = 64;

/** True for a text that is a version; such a text is also safe as the name of a directory. */
export const isVersion = (text: string): boolean => text.length <= LONGEST && VERSION.test(text);

/** Negative when `a` is older than `b`, 0 when they are the same. A text that is no version is older than any. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parsed(a), parsed(b)];
  if (!left || !right) return Number(left !== undefined) - Number(right !== undefined);
  const byNumber = left.numbers.map((n, i) => n - (right.numbers[i] ?? 0)).find((difference) => difference !== 0);
  return byNumber ?? compareStages(left.stage, right.stage);
}

function parsed(text: string): Version | undefined {
  const found = isVersion(text) ? VERSION.exec(text) : null;
  if (!found) return undefined;
  const [, major, minor, patch, stage] = found;
  return { numbers: [major, minor, patch].map(Number), stage: stage === undefined ? [] : stage.split('.') };
}

/** `1.0.0-rc.1` comes before `1.0.0`; numbers count as numbers, and before words. */
function compareStages(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const difference = comparePart(a[i], b[i]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function comparePart(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  const [left, right] = [number(a), number(b)];
  if (left !== undefined && right !== undefined) return left - right;
  if (left !== undefined || right !== undefined) return left === undefined ? 1 : -1;
  return a < b ? -1 : Number(a > b);
}

const number = (part: string): number | undefined => (/^\d+$/.test(part) ? Number(part) : undefined);
