import { Adoption } from '../cameras/adoption.tsx';
import { useSite } from '../site.ts';
import { useSetUpTexts } from './set-up-texts.ts';
import { Steps } from './steps.tsx';

/** The last step: the cameras of the network, as many as wanted, and on to the overview. */
export function CamerasStep() {
  const words = useSetUpTexts();
  const status = useSite().status.value;
  const some = (status?.channels.length ?? 0) > 0;
  return (
    <div class="stack">
      <Steps here="cameras" />
      <div>
        <h1>{words('cameras-title')}</h1>
        <p class="soft">{words('cameras-intro')}</p>
      </div>
      {status && <Adoption />}
      <p>
        <a class={some ? 'button button-main' : 'button'} href="#/">
          {words(some ? 'done' : 'done-later')}
        </a>
      </p>
    </div>
  );
}
