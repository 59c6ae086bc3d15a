/** What ffmpeg's programs complain of, without what one of their libraries says where memory may not be locked. */
export const complaintsOf = (stderr: string): string => stderr.replace('Warning: using insecure memory!\n', '');
