import Hls from 'hls.js/light';

export interface PlayListParts {
  readonly video: HTMLVideoElement;
  /** Of the m3u8. */
  readonly url: string;
  readonly onFailed: (why: string) => void;
}

/** Plays an HLS list of MPEG-TS until the signal aborts: by the browser itself where it can, else by hls.js. */
export function playList({ video, url, onFailed }: PlayListParts, signal: AbortSignal): void {
  if (signal.aborted) return;
  if (!Hls.isSupported()) {
    video.src = url;
    video.onerror = () => onFailed(video.error?.message ?? '');
    signal.addEventListener('abort', () => video.removeAttribute('src'));
    return;
  }
  // A worker would need a script out of a blob, which the page's policy forbids.
  const player = new Hls({ enableWorker: false });
  player.on(Hls.Events.ERROR, (_event, { fatal, details }) => {
    if (fatal) onFailed(details);
  });
  player.loadSource(url);
  player.attachMedia(video);
  signal.addEventListener('abort', () => player.destroy());
}
