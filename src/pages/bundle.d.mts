/** Builds every page of which a source is newer than what was built. */
export function bundleStalePages(): Promise<void>;

/** What a page is made of, not packed yet: names within its `assets`, and contents. */
export function assetsOf(name: 'admin' | 'simulator'): Promise<{ name: string; contents: Uint8Array }[]>;
