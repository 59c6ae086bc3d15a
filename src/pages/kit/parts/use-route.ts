import { useEffect, useState } from 'preact/hooks';

const read = (): string => location.hash.replace(/^#/, '') || '/';

/** Where the address points, behind its #: `/`, `/channels/3`. */
export function useRoute(): string {
  const [route, setRoute] = useState(read);
  useEffect(() => {
    const follow = (): void => {
      setRoute(read());
      window.scrollTo(0, 0);
      document.getElementById('content')?.focus({ preventScroll: true });
    };
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  return route;
}
