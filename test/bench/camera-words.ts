import { z } from 'zod';

/** What the benchmark and the process of its cameras say to each other. Each order has one reply. */

export const hostOrder = z.discriminatedUnion('word', [
  z.object({ word: z.literal('start'), cameras: z.int(), username: z.string(), password: z.string() }),
  z.object({ word: z.literal('look') }),
  /** Switches the habit of keeping sessions open without sending a packet. */
  z.object({ word: z.literal('stall'), camera: z.int(), on: z.boolean() }),
]);

const cameraSeen = z.object({
  onvifPort: z.int(),
  /** Of the profile `main`, without a login. */
  rtspUrl: z.string(),
  /** RTSP sessions that play at this moment. */
  players: z.int(),
});

export const hostReply = z.union([z.object({ cameras: z.array(cameraSeen) }), z.object({ failed: z.string() })]);

export type HostOrder = z.infer<typeof hostOrder>;
export type HostReply = z.infer<typeof hostReply>;
export type CameraSeen = z.infer<typeof cameraSeen>;
