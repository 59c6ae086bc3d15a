import { z } from 'zod';
import type { BadHabitName } from '../../src/simulator/camera/bad-habits.ts';

/** What the benchmark and the process of its cameras say to each other. Each order has one reply. */

/** The bad habits that measurements use. */
const HABITS = ['rtsp-stalls', 'rtsp-joins-mid-gop'] as const satisfies readonly BadHabitName[];

export const hostOrder = z.discriminatedUnion('word', [
  z.object({ word: z.literal('start'), cameras: z.int(), username: z.string(), password: z.string() }),
  z.object({ word: z.literal('look') }),
  z.object({ word: z.literal('habit'), camera: z.int(), habit: z.enum(HABITS), on: z.boolean() }),
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
export type CameraHabit = (typeof HABITS)[number];
export type HostReply = z.infer<typeof hostReply>;
export type CameraSeen = z.infer<typeof cameraSeen>;
