import { Secret } from '../runtime/secret.ts';
import { isSecretName } from '../runtime/secret-name.ts';

/** A configuration as it may be shown: in the shape of the file, and of each secret only that there is one. */

const HIDDEN = { set: true };

/** Of a configuration as it was read, with its defaults. */
export function shown(value: unknown): unknown {
  if (value instanceof Secret) return HIDDEN;
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]): Array<readonly [string, unknown]> => {
      if (item === undefined) return [];
      // The reader makes one value of username and password.
      if (key === 'credentials' && isLogin(item))
        return [
          ['username', item.username],
          ['password', HIDDEN],
        ];
      return [[key, shown(item)]];
    }),
  );
}

/** Of the plain content of the file. */
export function shownAsWritten(value: unknown, key = ''): unknown {
  if (value === null || value === undefined) return value;
  if (Array.isArray(value)) return value.map((item) => shownAsWritten(item, key));
  if (typeof value !== 'object') return isSecretName(key) ? HIDDEN : value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shownAsWritten(item, name)]));
}

function isLogin(value: unknown): value is { readonly username: string } {
  return typeof value === 'object' && value !== null && 'username' in value && 'password' in value;
}
