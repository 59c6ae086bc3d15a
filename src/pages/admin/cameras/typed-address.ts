/** What an installer types or pastes as a camera's address, and as its login. */
export interface TypedLogin {
  readonly address: string;
  readonly username: string;
  readonly password: string;
}

/** `host`, `host:port` or a whole rtsp:// address, as the API wants to have it. */
export function whereIs(typed: string): { rtsp: string } | { host: string; port?: number } {
  const text = typed.trim();
  if (/^rtsp:/i.test(text)) return { rtsp: text };
  const [, host = text, port] = /^(?:https?:\/\/)?([^/]+?)(?::(\d+))?(?:\/.*)?$/.exec(text) ?? [];
  return port === undefined ? { host } : { host, port: Number(port) };
}

/** With what was typed as the address; a login in it, as other programs show it, goes to where logins are. */
export function withAddress<T extends TypedLogin>(typed: T, text: string): T {
  const found = /^\s*((?:rtsps?|https?):\/\/)([^/\s@:]+):([^/\s]*)@(\S+)\s*$/i.exec(text);
  if (!found) return { ...typed, address: text };
  const [, scheme = '', username = '', password = '', rest = ''] = found;
  return { ...typed, address: `${scheme}${rest}`, username: decoded(username), password: decoded(password) };
}

/** A password with a percent sign in it may have been written as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
