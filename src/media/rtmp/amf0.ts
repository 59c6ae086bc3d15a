import { GatewayError } from '../../runtime/errors.ts';

/** AMF0, the value format of RTMP commands. Knows bytes and values, not what a command means. */
export type AmfValue =
  | undefined
  | null
  | boolean
  | number
  | string
  | Date
  | readonly AmfValue[]
  | ReadonlyMap<string, AmfValue>;

/** An object that AMF calls an ECMA array; the only difference is how it is written. */
export class EcmaArray extends Map<string, AmfValue> {}

/** An AMF object of these fields. A Map, because a field may be called `__proto__` by whoever sends it. */
export function amfObject(fields: Readonly<Record<string, AmfValue>>): ReadonlyMap<string, AmfValue> {
  return new Map(Object.entries(fields));
}

const MARK = {
  number: 0x00,
  boolean: 0x01,
  string: 0x02,
  object: 0x03,
  null: 0x05,
  undefined: 0x06,
  ecmaArray: 0x08,
  objectEnd: 0x09,
  strictArray: 0x0a,
  date: 0x0b,
  longString: 0x0c,
  unsupported: 0x0d,
  xml: 0x0f,
  typedObject: 0x10,
} as const;

const MAX_DEPTH = 16;
/** Values in one message. Commands hold a few dozen; a body of a million nulls is an attack on the memory. */
const MAX_VALUES = 8192;

/** The values, one after the other, as a command or data message carries them. */
export function encodeAmf(...values: readonly AmfValue[]): Buffer {
  return Buffer.concat(values.flatMap(encoded));
}

function encoded(value: AmfValue): Buffer[] {
  if (value === undefined) return [Buffer.of(MARK.undefined)];
  if (value === null) return [Buffer.of(MARK.null)];
  if (typeof value === 'boolean') return [Buffer.of(MARK.boolean, Number(value))];
  if (typeof value === 'number') return [Buffer.of(MARK.number), float64(value)];
  if (typeof value === 'string') return encodedString(value);
  if (value instanceof Date) return [Buffer.of(MARK.date), float64(value.getTime()), Buffer.alloc(2)];
  if (value instanceof Map) return encodedObject(value);
  if (Array.isArray(value)) return [Buffer.of(MARK.strictArray), uint32(value.length), ...value.flatMap(encoded)];
  return [];
}

function encodedString(value: string): Buffer[] {
  const text = Buffer.from(value);
  if (text.length > 0xffff) return [Buffer.of(MARK.longString), uint32(text.length), text];
  return [Buffer.of(MARK.string), uint16(text.length), text];
}

function encodedObject(value: ReadonlyMap<string, AmfValue>): Buffer[] {
  const start = value instanceof EcmaArray ? [Buffer.of(MARK.ecmaArray), uint32(value.size)] : [Buffer.of(MARK.object)];
  const fields = [...value].flatMap(([name, field]) => {
    const text = Buffer.from(name);
    return [uint16(text.length), text, ...encoded(field)];
  });
  return [...start, ...fields, uint16(0), Buffer.of(MARK.objectEnd)];
}

function float64(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleBE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

/**
 * All values of a message.
 * @throws GatewayError `protocol-broken` when the bytes are cut short, nested too deeply, too many or of no known kind
 */
export function decodeAmf(bytes: Buffer): AmfValue[] {
  const reader = new AmfReader(bytes);
  const values: AmfValue[] = [];
  while (!reader.atEnd) values.push(reader.value(0));
  return values;
}

class AmfReader {
  readonly #bytes: Buffer;
  #at = 0;
  #values = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  value(depth: number): AmfValue {
    if (depth > MAX_DEPTH || ++this.#values > MAX_VALUES) throw broken('amf value is too deep or too large');
    const read = READERS.get(this.#take(1).readUInt8());
    if (!read) throw broken('amf value is of an unknown kind');
    return read(this, depth + 1);
  }

  boolean(): boolean {
    return this.#take(1).readUInt8() !== 0;
  }

  number(): number {
    return this.#take(8).readDoubleBE();
  }

  text(): string {
    return this.#take(this.#take(2).readUInt16BE()).toString();
  }

  longText(): string {
    return this.#take(this.uint32()).toString();
  }

  uint32(): number {
    return this.#take(4).readUInt32BE();
  }

  date(): Date {
    const at = new Date(this.number());
    this.#take(2);
    return at;
  }

  fields<T extends Map<string, AmfValue>>(into: T, depth: number): T {
    for (;;) {
      const name = this.text();
      if (name === '' && this.#bytes[this.#at] === MARK.objectEnd) break;
      into.set(name, this.value(depth));
    }
    this.#at++;
    return into;
  }

  /** The count in front is a hint that some senders leave at zero; the end mark is what counts. */
  counted(depth: number): EcmaArray {
    this.uint32();
    return this.fields(new EcmaArray(), depth);
  }

  /** An object with the name of its class in front, which means nothing to us. */
  typed(depth: number): Map<string, AmfValue> {
    this.text();
    return this.fields(new Map(), depth);
  }

  list(depth: number): AmfValue[] {
    const values: AmfValue[] = [];
    for (let left = this.uint32(); left > 0; left--) values.push(this.value(depth));
    return values;
  }

  #take(count: number): Buffer {
    const end = this.#at + count;
    if (end > this.#bytes.length) throw broken('amf value is cut short');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

const READERS: ReadonlyMap<number, (from: AmfReader, depth: number) => AmfValue> = new Map([
  [MARK.number, (from: AmfReader): AmfValue => from.number()],
  [MARK.boolean, (from: AmfReader): AmfValue => from.boolean()],
  [MARK.string, (from: AmfReader): AmfValue => from.text()],
  [MARK.object, (from: AmfReader, depth: number): AmfValue => from.fields(new Map(), depth)],
  [MARK.null, (): AmfValue => null],
  [MARK.undefined, (): AmfValue => undefined],
  [MARK.unsupported, (): AmfValue => undefined],
  [MARK.ecmaArray, (from: AmfReader, depth: number): AmfValue => from.counted(depth)],
  [MARK.strictArray, (from: AmfReader, depth: number): AmfValue => from.list(depth)],
  [MARK.date, (from: AmfReader): AmfValue => from.date()],
  [MARK.longString, (from: AmfReader): AmfValue => from.longText()],
  [MARK.xml, (from: AmfReader): AmfValue => from.longText()],
  [MARK.typedObject, (from: AmfReader, depth: number): AmfValue => from.typed(depth)],
]);

function broken(message: string): GatewayError {
  return new GatewayError('protocol-broken', message);
}
