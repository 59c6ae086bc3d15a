import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { fill, LANGUAGES, type Speech, type Texts, type Values } from './language.ts';

export const SpeechContext = createContext<Speech | undefined>(undefined);

export function useSpeech(): Speech {
  const speech = useContext(SpeechContext);
  if (!speech) throw new Error('a component stands outside the page');
  return speech;
}

/** A text by its key, in the language of the page. */
export type Words<Key extends string> = ((key: Key, values?: Values) => string) & {
  /** The text of a key that came from outside; undefined when the table has no such row. */
  readonly lookUp: (key: string, values?: Values) => string | undefined;
};

/** Gives the components of a page their hook for one table of texts; a key that is not in it does not compile. */
export function wordsOf<T extends Texts>(texts: T): () => Words<keyof T & string> {
  return function useWords() {
    const { language } = useSpeech();
    const column = LANGUAGES.indexOf(language.value);
    const lookUp = (key: string, values?: Values): string | undefined => {
      const row = Object.hasOwn(texts, key) ? texts[key] : undefined;
      return row && fill(row[column] ?? row[0], values);
    };
    const words = (key: keyof T & string, values?: Values): string => lookUp(key, values) ?? key;
    return Object.assign(words, { lookUp });
  };
}
