/** What scopes say of a device, as far as it is of use to a person. */
export interface ScopeFacts {
  readonly name: string;
  readonly hardware: string;
  readonly location: string;
  readonly mac: string | undefined;
}

const SCOPE = /^onvif:\/\/www\.onvif\.org\/([^/]+)\/(.+)$/i;
const LONGEST = 128;
const MOST_SCOPES = 64;

/** Reads the scopes of a ProbeMatch. Never throws, whatever they are. */
export function scopeFacts(written: string): ScopeFacts {
  const facts = new Map<string, string>();
  for (const scope of written.split(/\s+/, MOST_SCOPES)) {
    const [, key = '', value = ''] = SCOPE.exec(scope) ?? [];
    const name = key.toLowerCase();
    // A location may come in parts, from the country to the room.
    const before = facts.get(name);
    if (value !== '')
      facts.set(name, before === undefined || name !== 'location' ? decoded(value) : `${before}, ${decoded(value)}`);
  }
  const of = (key: string): string => (facts.get(key) ?? '').slice(0, LONGEST);
  return { name: of('name'), hardware: of('hardware'), location: of('location'), mac: macOf(of('mac')) };
}

/** Values may be encoded twice, have `+` for a blank, or be in no encoding that we know: then they stay as they are. */
function decoded(value: string): string {
  let text = value;
  for (let round = 0; round < 2 && /%[\da-f]{2}/i.test(text); round++) {
    try {
      text = decodeURIComponent(text);
    } catch {
      // Not UTF-8; what it was cannot be known.
      break;
    }
  }
  return text
    .replaceAll('+', ' ')
    .replaceAll(/[\s\p{C}]+/gu, ' ')
    .trim();
}

function macOf(written: string): string | undefined {
  const digits = written.replaceAll(/[^\da-f]/gi, '').toLowerCase();
  if (digits.length !== 12 || !/^[\da-f:.\s-]+$/i.test(written)) return undefined;
  return digits.match(/../g)?.join(':');
}
