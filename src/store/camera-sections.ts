import { z } from 'zod';

/** What is remembered of cameras: no login, ever. */

const channel = z.number().int().nonnegative();

const identity = z.object({
  manufacturer: z.string(),
  model: z.string(),
  serial: z.string(),
  macs: z.array(z.string()),
  endpoint: z.string(),
});

/** The camera of a channel once it has let us in: who it is, and where it was then. */
const knownCamera = z.object({
  identity,
  openly: z.boolean(),
  address: z.url({ protocol: /^https?$/ }),
  wanted: z.string(),
});

/** A number that a discovered camera has been given, for ever, and which of `discovery.credentials` it takes. */
const mappedCamera = z.object({ channel, identity, name: z.string(), account: z.number().int().nonnegative() });

/** How much the camera of a channel talks. */
const heard = z.object({ heardAt: z.iso.datetime(), longestMs: z.number(), quietMs: z.number() });

export const cameraSections = {
  /** By channel number. */
  cameras: z.record(z.string().regex(/^\d{1,5}$/), knownCamera).default({}),
  /** By channel number. */
  hearing: z.record(z.string().regex(/^\d{1,5}$/), heard).default({}),
  numbers: z.array(mappedCamera).default([]),
  /** By address and a few bits of a digest of the login: when it was refused lately, in ms since 1970; so that no account gets locked. */
  refusals: z.record(z.string(), z.array(z.number())).default({}),
};

const sections = z.object(cameraSections);
export type CameraSections = z.infer<typeof sections>;
