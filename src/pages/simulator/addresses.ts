/** Addresses of the simulator, with the token where the page was opened with one: pictures and streams send no headers. */

export interface Addresses {
  /** Login code of the device that the page shows; undefined for the list of all. */
  readonly code: string | undefined;
  /** Below `api/`, or any other path of the simulator. */
  readonly to: (path: string, fields?: Readonly<Record<string, string>>) => string;
  /** Of the device's own part of the API. */
  readonly device: (path: string) => string;
  /** The page of a device, or of all. */
  readonly page: (code?: string) => string;
}

export function addressesOf(search: string): Addresses {
  const query = new URLSearchParams(search);
  const token = query.get('token');
  const code = query.get('login_code') ?? undefined;
  const to: Addresses['to'] = (path, fields = {}) => {
    const all = new URLSearchParams({ ...fields, ...(token === null ? {} : { token }) });
    return all.size === 0 ? path : `${path}?${all}`;
  };
  return {
    code,
    to,
    device: (path) => to(`api/devices/${encodeURIComponent(code ?? '')}/${path}`),
    page: (other) => to('./', other === undefined ? {} : { login_code: other }),
  };
}
