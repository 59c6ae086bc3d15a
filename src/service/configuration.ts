import { fileText, whyUnreadable } from '../config/file-text.ts';
import { judgeConfig } from '../config/read.ts';
import type { Config } from '../config/schema.ts';
import { secretsIn } from '../config/secrets.ts';
import { isKind } from '../runtime/errors.ts';
import { type Fault, fault } from '../runtime/fault.ts';
import { scrubber } from '../runtime/log.ts';
import type { Secret } from '../runtime/secret.ts';
import { loginOf } from './login.ts';

export interface ConfigurationParts {
  readonly file: string;
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
}

/** What a look at the file has brought. */
export type Look =
  | { readonly found: 'nothing' }
  | { readonly found: 'faults'; readonly faults: readonly Fault[] }
  | { readonly found: 'config'; readonly config: Config };

/** The configuration file as it is, and as it last made sense. Applies nothing. */
export class Configuration {
  readonly file: string;
  readonly #parts: ConfigurationParts;
  /** Of every configuration of this run: what was a secret once is one for ever. */
  readonly #secrets = new Map<string, Secret>();
  #scrub = scrubber([]);
  #faults: readonly Fault[] = [];

  constructor(parts: ConfigurationParts) {
    this.#parts = parts;
    this.file = parts.file;
  }

  /** Why the file as it was last seen is of no use; empty when it is. */
  get faults(): readonly Fault[] {
    return this.#faults;
  }

  /** What the file says makes sense, and cannot be done: that is a fault too, until the next look. */
  refuse(message: string): void {
    this.#faults = [fault('not-possible', { what: message })];
  }

  /** Takes out of any text what is, or was, a secret of the file. */
  readonly scrub = (text: string): string => this.#scrub(text);

  /** Reads the file anew, with the environment and the files that it names. */
  look(): Look {
    const look = this.#judged();
    this.#faults = look.found === 'faults' ? look.faults : [];
    if (look.found === 'config') this.#learn(secretsIn(look.config));
    return look;
  }

  #learn(secrets: readonly Secret[]): void {
    for (const secret of secrets) this.#secrets.set(secret.reveal(), secret);
    this.#scrub = scrubber([...this.#secrets.values()]);
  }

  #judged(): Look {
    try {
      return this.judge(fileText(this.file));
    } catch (err) {
      if (err instanceof Error && 'code' in err && err.code === 'ENOENT') return { found: 'nothing' };
      return { found: 'faults', faults: [whyUnreadable(err)] };
    }
  }

  /** What a text would be if it stood in the file. */
  judge(text: string): Exclude<Look, { found: 'nothing' }> {
    const verdict = judgeConfig(text, { source: this.file, env: this.#parts.env });
    if ('faults' in verdict) return { found: 'faults', faults: verdict.faults };
    try {
      loginOf(verdict.config, this.#parts.version);
    } catch (err) {
      if (!isKind(err, 'config-invalid')) throw err;
      return { found: 'faults', faults: [{ ...whyUnreadable(err.cause), path: 'platform.ca_file' }] };
    }
    return { found: 'config', config: verdict.config };
  }
}
