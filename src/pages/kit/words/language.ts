import { type Signal, signal } from '@preact/signals';

/** The languages of the pages. A text stands in its table in this order. */
export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** One table of texts: each key with its English and its Chinese. `{name}` is a place for a value. */
export type Texts = Readonly<Record<string, readonly [en: string, zh: string]>>;
export type Values = Readonly<Record<string, string | number>>;

const KEPT_AS = 'language';
const TAG: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-CN' };

/** The language that the person chose before, else the first of the browser's that there is. */
function firstLanguage(): Language {
  const wanted = [localStorage.getItem(KEPT_AS), ...navigator.languages];
  const found = wanted.map((tag) => LANGUAGES.find((language) => tag?.toLowerCase().startsWith(language)));
  return found.find((language) => language !== undefined) ?? 'en';
}

/** Which language the page speaks. One a page, made when it starts. */
export class Speech {
  readonly language: Signal<Language>;

  constructor(language: Language = firstLanguage()) {
    this.language = signal(language);
    document.documentElement.lang = TAG[language];
  }

  choose(language: Language): void {
    localStorage.setItem(KEPT_AS, language);
    document.documentElement.lang = TAG[language];
    this.language.value = language;
  }

  /** The tag by which the browser writes numbers and dates. */
  get tag(): string {
    return TAG[this.language.value];
  }
}

/** The text with its places filled in. */
export function fill(text: string, values: Values = {}): string {
  return text.replaceAll(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}
