/** What went wrong with a call, as the server told it; `kind` is a word that the pages translate. */
export class CallFailed extends Error {
  readonly kind: string;
  readonly status: number;
  /** What the server said beside it, unread: whoever asked knows its shape. */
  readonly body: unknown;

  constructor(kind: string, message: string, { status = 0, body }: { status?: number; body?: unknown } = {}) {
    super(message);
    this.name = 'CallFailed';
    this.kind = kind;
    this.status = status;
    this.body = body;
  }
}

export interface Client {
  get<T>(path: string): Promise<T>;
  send<T>(method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T>;
}

export interface ClientParts {
  /** Called when the server wants a login first. */
  readonly onSignedOut?: () => void;
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 30_000;

/** Calls to the page's own server, as JSON. A call that fails rejects with `CallFailed`, also when nobody answers. */
export function createClient({ onSignedOut, deadlineMs = DEADLINE_MS }: ClientParts = {}): Client {
  const call = async <T>(path: string, init: RequestInit): Promise<T> => {
    const answer = await ask(path, init, deadlineMs);
    const body = await bodyOf(answer);
    if (answer.ok) return body as T; // The types of both sides come from one file.
    if (answer.status === 401) onSignedOut?.();
    const { kind = 'failed', message = answer.statusText } = faultOf(body);
    throw new CallFailed(kind, message, { status: answer.status, body });
  };
  return {
    get: (path) => call(path, { method: 'GET' }),
    send: (method, path, body) => {
      // An order gets out also while the page is being closed: a camera that moves has to be stopped.
      const init = { method, headers: { 'content-type': 'application/json' }, keepalive: true };
      return call(path, body === undefined ? init : { ...init, body: JSON.stringify(body) });
    },
  };
}

async function ask(path: string, init: RequestInit, deadlineMs: number): Promise<Response> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), deadlineMs);
  try {
    return await fetch(path, { ...init, credentials: 'same-origin', signal: deadline.signal });
  } catch {
    throw new CallFailed('no-answer', 'nobody answers');
  } finally {
    clearTimeout(timer);
  }
}

async function bodyOf(answer: Response): Promise<unknown> {
  const text = await answer.text().catch(() => '');
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function faultOf(body: unknown): { kind?: string; message?: string } {
  const error: unknown = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  if (typeof error !== 'object' || error === null) return typeof error === 'string' ? { message: error } : {};
  const kind = 'kind' in error && typeof error.kind === 'string' ? { kind: error.kind } : {};
  const message = 'message' in error && typeof error.message === 'string' ? { message: error.message } : {};
  return { ...kind, ...message };
}
