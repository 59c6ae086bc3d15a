/** The path of the browser's program; undefined where there is none. */
export function chromium(): string | undefined;
