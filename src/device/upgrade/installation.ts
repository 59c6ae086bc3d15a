/** How this gateway stands on the box, as the launcher tells it; undefined where none runs it. */
export interface Installation {
  /** The folder of the releases. */
  readonly directory: string;
  /** Which agreement the launcher keeps, see `release/manifest.ts`. */
  readonly agreement: number;
  /** The launcher has started us on trial. */
  readonly onTrial: boolean;
}

export function installationOf(env: NodeJS.ProcessEnv): Installation | undefined {
  const { OVD_RELEASES: directory, OVD_LAUNCHER: agreement, OVD_TRIAL: trial } = env;
  if (directory === undefined) return undefined;
  return { directory, agreement: Number(agreement ?? 0), onTrial: trial !== undefined };
}
