import { type Signal, signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { useKitWords } from '../words/texts.ts';
import type { Tone } from './badge.tsx';
import { Icon } from './icons.tsx';

interface Toast {
  readonly id: number;
  readonly tone: Tone;
  readonly text: string;
}

const SHOWN_MS = 6_000;

/** Short news of what the person just did. One a page. */
export class Toasts {
  readonly shown: Signal<readonly Toast[]> = signal([]);
  #next = 0;

  /** Says it; what went well goes away by itself, what failed stays until it was read. */
  say(text: string, tone: Tone = 'good'): void {
    const toast = { id: this.#next++, tone, text };
    this.shown.value = [...this.shown.value, toast];
    if (tone === 'good') setTimeout(() => this.dismiss(toast.id), SHOWN_MS);
  }

  dismiss(id: number): void {
    this.shown.value = this.shown.value.filter((toast) => toast.id !== id);
  }
}

const ToastsContext = createContext<Toasts | undefined>(undefined);
export const ToastsProvider = ToastsContext.Provider;

export function useToasts(): Toasts {
  const toasts = useContext(ToastsContext);
  if (!toasts) throw new Error('a component stands outside the page');
  return toasts;
}

/** Where toasts appear; always there, so that a screen reader hears of each. */
export function ToastRack() {
  const words = useKitWords();
  const toasts = useToasts();
  return (
    <div class="toasts" role="status">
      {toasts.shown.value.map(({ id, tone, text }) => (
        <div key={id} class={`toast badge-${tone}`}>
          <span>{text}</span>
          <button
            type="button"
            class="button button-bare"
            aria-label={words('dismiss')}
            onClick={() => toasts.dismiss(id)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
