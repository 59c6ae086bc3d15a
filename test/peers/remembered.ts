import type { RememberedRecording } from '../../src/channel/remembered-recording.ts';

/** A session worth remembering; which one tells its channel. */
export function rememberedRecording(channel: number): RememberedRecording {
  const limits = { maxBitsPerSecond: 0, segmentSeconds: 10, segmentMaxBytes: 1e6, segmentMaxCount: 3 };
  const settings = { sessionId: `s${channel}`, ...limits, prerecordSeconds: 20, startTs: 0 };
  return {
    channel,
    settings: { ...settings, callbackUrl: 'http://127.0.0.1/cb' },
    clockOffsetMs: 0,
    finished: false,
  };
}
