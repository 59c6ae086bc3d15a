/** One tag of an FLV stream; the body is what RTMP calls a message. */
export interface FlvTag {
  readonly type: 'audio' | 'video';
  readonly timeMs: number;
  readonly body: Uint8Array;
}

const FILE_HEADER_BYTES = 13;
const TAG_HEADER_BYTES = 11;
const TAG_TRAILER_BYTES = 4;
const TYPES: ReadonlyMap<number, FlvTag['type']> = new Map([
  [8, 'audio'],
  [9, 'video'],
]);

/** Cuts the bytes of an FLV stream into tags, however they arrive. Throws when it is no FLV. */
export class FlvReader {
  #rest = new Uint8Array(0);
  #headerSeen = false;

  push(bytes: Uint8Array): FlvTag[] {
    this.#rest = joined(this.#rest, bytes);
    if (!this.#headerSeen && !this.#takeHeader()) return [];
    const tags: FlvTag[] = [];
    let at = 0;
    for (;;) {
      const end = this.#endOfTag(at);
      if (end === undefined) break;
      const tag = this.#tagAt(at);
      if (tag) tags.push(tag);
      at = end;
    }
    this.#rest = this.#rest.subarray(at);
    return tags;
  }

  #takeHeader(): boolean {
    if (this.#rest.length < FILE_HEADER_BYTES) return false;
    if (String.fromCharCode(...this.#rest.subarray(0, 3)) !== 'FLV') throw new TypeError('this is no FLV stream');
    this.#rest = this.#rest.subarray(FILE_HEADER_BYTES);
    this.#headerSeen = true;
    return true;
  }

  #endOfTag(at: number): number | undefined {
    if (this.#rest.length < at + TAG_HEADER_BYTES) return undefined;
    const end = at + TAG_HEADER_BYTES + number24(this.#rest, at + 1) + TAG_TRAILER_BYTES;
    return end <= this.#rest.length ? end : undefined;
  }

  #tagAt(at: number): FlvTag | undefined {
    const type = TYPES.get(this.#rest[at] ?? 0);
    if (!type) return undefined;
    const start = at + TAG_HEADER_BYTES;
    // The highest eight bits of the time stand behind the lower 24.
    const timeMs = number24(this.#rest, at + 4) + (this.#rest[at + 7] ?? 0) * 2 ** 24;
    return { type, timeMs, body: this.#rest.slice(start, start + number24(this.#rest, at + 1)) };
  }
}

function number24(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
