/** Builds every page of which a source is newer than what was built. */
export function bundleStalePages(): Promise<void>;
