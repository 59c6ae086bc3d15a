import type { CameraAnswer } from '../../admin/api.ts';
import type { CameraStream } from '../../channel/ports.ts';

/** A stream of a camera as the page shows it; without its address, which may hold a login. */
export function streamSeen(stream: CameraStream): CameraAnswer['streams'][number] {
  const { profile, name, video, audio, width, height, framesPerSecond, bitsPerSecond } = stream;
  return {
    ...{ profile, name, video },
    ...(audio && { audio }),
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(framesPerSecond !== undefined && { framesPerSecond }),
    ...(bitsPerSecond !== undefined && { bitsPerSecond }),
  };
}
