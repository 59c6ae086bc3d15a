import { z } from 'zod';

/** The forms of the upload dialogue (ovs-rpc §4, StartCloudRecord), read strictly: whoever builds a recorder wants to know. */

const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(;|$)/i;
const name = z.string().min(1).max(256);
const seconds = z
  .string()
  .regex(/^\d{1,12}\.\d{6}$/, 'seconds with 6 decimals expected')
  .transform(Number);
const wholeNumber = (pattern: RegExp) => z.string().regex(pattern, 'a whole number expected').transform(Number);

const CALL = z.discriminatedUnion('op', [
  z.object({ op: z.literal('next_dts') }),
  z.object({
    op: z.literal('create'),
    content_type: z.literal('video/mp2t'),
    size: wholeNumber(/^[1-9]\d{0,11}$/),
    start: seconds,
    duration: seconds,
    next_dts: wholeNumber(/^-?\d{1,15}$/),
    last_file_name: name.optional(),
  }),
  z.object({ op: z.literal('fail'), name }),
  z.object({ op: z.literal('save'), name }),
]);

export type Call = z.infer<typeof CALL>;
export type CreateCall = Extract<Call, { op: 'create' }>;

/** What a POST says, or what is wrong with it, in words. */
export function readCall(
  contentType: string | undefined,
  text: string,
): { readonly call: Call } | { readonly faults: readonly string[] } {
  if (!FORM_TYPE.test(contentType ?? '')) return { faults: [`content type ${contentType ?? 'missing'}, not a form`] };
  const read = CALL.safeParse(Object.fromEntries(new URLSearchParams(text)));
  if (read.success) return { call: read.data };
  return { faults: read.error.issues.map(({ path, message }) => `${path.join('.') || 'form'}: ${message}`) };
}
