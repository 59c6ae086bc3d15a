import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icons.tsx';

export type Tone = 'good' | 'warn' | 'bad' | 'quiet' | 'accent';

/** A state in a word or two; the colour only repeats what the word says. */
export function Badge({ tone, icon, children }: { tone: Tone; icon?: IconName; children: ComponentChildren }) {
  return (
    <span class={`badge badge-${tone}`}>
      {icon ? <Icon name={icon} /> : <span class="badge-dot" aria-hidden="true" />}
      {children}
    </span>
  );
}

/** Something a person should read: with a mark, a heading and what to do. */
export function Notice({ tone, title, children }: { tone: Tone; title: string; children?: ComponentChildren }) {
  return (
    <div class={`notice notice-${tone}`}>
      <Icon name={tone === 'good' ? 'check' : 'warning'} />
      <div>
        <strong>{title}</strong>
        {children}
      </div>
    </div>
  );
}
