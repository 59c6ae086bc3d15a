import { readFile, realpath, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Refusal } from '../admin/refusal.ts';
import { ensureDirectory } from '../runtime/directory.ts';
import { writeDurably } from '../runtime/durable-file.ts';

/** Where the version before the last change is kept. */
const BEFORE = '.before';

/** The configuration file as text: written as a whole, and never without a way back. */
export class ConfigText {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Undefined where there is no file. */
  read(): Promise<string | undefined> {
    return contentOf(this.#file);
  }

  before(): Promise<string | undefined> {
    return contentOf(`${this.#file}${BEFORE}`);
  }

  /** Keeps what is there as the version before. @throws Refusal `configuration-unwritable` */
  async replace(text: string): Promise<void> {
    await orRefused(async () => {
      const old = await this.read();
      await ensureDirectory(dirname(this.#file));
      if (old !== undefined) await put(`${this.#file}${BEFORE}`, old);
      await put(this.#file, text);
    });
  }

  /** Puts the version before in the place of the file. @throws Refusal `configuration-unwritable` */
  async goBack(): Promise<void> {
    const target = await realpath(this.#file).catch(() => this.#file);
    await orRefused(() => rename(`${this.#file}${BEFORE}`, target));
  }
}

/** A link stays a link. */
async function put(file: string, text: string): Promise<void> {
  const target = await realpath(file).catch(() => file);
  await writeDurably(dirname(target), target, [Buffer.from(text)]);
}

async function contentOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (err) {
    if (err instanceof Error && 'code' in err && err.code === 'ENOENT') return undefined;
    throw unwritable(err);
  }
}

async function orRefused(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (err) {
    throw err instanceof Refusal ? err : unwritable(err);
  }
}

function unwritable(err: unknown): Refusal {
  const reason = err instanceof Error ? err.message : String(err);
  return new Refusal('configuration-unwritable', 'the configuration file cannot be written', { reason });
}
