import type { DestinationStream } from 'pino';

/** Where log lines go: as they are (JSON) to a pipe or a journal, readable to a terminal. */
export async function logOutput(stdout: NodeJS.WriteStream): Promise<DestinationStream> {
  if (!stdout.isTTY) return stdout;
  const { default: pretty } = await import('pino-pretty');
  return pretty({ destination: stdout, sync: true, translateTime: 'SYS:HH:MM:ss.l', ignore: 'room' });
}
