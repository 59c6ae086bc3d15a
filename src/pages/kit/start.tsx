import { type ComponentChildren, render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/parts.css';
import './styles/frame.css';
import './styles/live.css';
import { Toasts, ToastsProvider } from './parts/toast.tsx';
import { Speech } from './words/language.ts';
import { SpeechContext } from './words/use-words.ts';

/** Starts a page: the one place where what lives as long as the page is made. */
export function start(content: ComponentChildren): void {
  const place = document.getElementById('page');
  if (!place) return;
  render(
    <SpeechContext.Provider value={new Speech()}>
      <ToastsProvider value={new Toasts()}>{content}</ToastsProvider>
    </SpeechContext.Provider>,
    place,
  );
}
