import { useSetUpTexts } from './set-up-texts.ts';

export const STEPS = ['password', 'platform', 'cameras'] as const;
export type Step = (typeof STEPS)[number];

/** How far the set-up is. */
export function Steps({ here }: { here: Step }) {
  const words = useSetUpTexts();
  const at = STEPS.indexOf(here);
  return (
    <ol class="steps" aria-label={words('steps')}>
      {STEPS.map((step, place) => (
        <li key={step} class={place < at ? 'step-done' : undefined} aria-current={step === here ? 'step' : undefined}>
          {words(`step-${step}`)}
        </li>
      ))}
    </ol>
  );
}
