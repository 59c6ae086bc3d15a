import { useEffect, useState } from 'preact/hooks';
import { Notice } from '../kit/parts/badge.tsx';
import { useSite } from './site.ts';
import { useTexts } from './words/texts.ts';

/** Shorter than this nobody needs to know. */
const PATIENCE_MS = 1_500;

/** Says so when what the page shows is no longer fresh. */
export function ConnectionBar() {
  const words = useTexts();
  const { connected } = useSite();
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (connected) return;
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [connected]);
  return (
    <div class="connection-bar" role="status">
      {late && (
        <Notice tone="warn" title={words('box-silent')}>
          <p>{words('box-silent-advice')}</p>
        </Notice>
      )}
    </div>
  );
}
