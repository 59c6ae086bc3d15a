import type { ComponentChildren } from 'preact';
import { useKitWords } from '../words/texts.ts';
import { useSpeech } from '../words/use-words.ts';
import { Icon, type IconName } from './icons.tsx';
import { ToastRack } from './toast.tsx';

export interface Place {
  /** What stands behind the # of the address. */
  readonly href: string;
  readonly label: string;
  readonly icon: IconName;
}

interface FrameProps {
  readonly title: string;
  readonly places: readonly Place[];
  /** The place where the person is. */
  readonly here: string;
  readonly navigationLabel: string;
  /** What stands at the end of the head: a state, a button. */
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** The frame of a page: head, ways to go (at the bottom of a phone, at the left of a screen), and the content. */
export function Frame({ title, places, here, navigationLabel, aside, children }: FrameProps) {
  const words = useKitWords();
  return (
    <div class={places.length > 0 ? 'frame' : 'frame frame-bare'}>
      <button type="button" class="skip" onClick={toContent}>
        {words('skip-to-content')}
      </button>
      <header class="frame-head">
        <a class="frame-title" href="#/">
          {title}
        </a>
        <div class="frame-aside">
          {aside}
          <LanguageSwitch />
        </div>
      </header>
      {places.length > 0 && (
        <nav class="frame-ways" aria-label={navigationLabel}>
          {places.map(({ href, label, icon }) => (
            <a key={href} href={`#${href}`} aria-current={href === here ? 'page' : undefined}>
              <Icon name={icon} />
              <span>{label}</span>
            </a>
          ))}
        </nav>
      )}
      <main class="frame-content" id="content" tabIndex={-1}>
        {children}
      </main>
      <ToastRack />
    </div>
  );
}

/** A link would need the address's #, which is the way's. */
function toContent(): void {
  document.getElementById('content')?.focus();
}

function LanguageSwitch() {
  const words = useKitWords();
  const speech = useSpeech();
  const other = speech.language.value === 'en' ? 'zh' : 'en';
  return (
    <button
      type="button"
      class="button button-bare"
      lang={other}
      aria-label={`${words('language')}: ${other === 'zh' ? '中文' : 'English'}`}
      onClick={() => speech.choose(other)}
    >
      {other === 'zh' ? '中文' : 'English'}
    </button>
  );
}
