import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { RawOvc } from '../peers/raw-ovc.ts';

/**
 * A platform for a box that can be reached only from inside its network: `node … platform.ts FOLDER` serves archives
 * from a folder, says on stdout who logs in and what its Keepalives say, and sends what comes on stdin.
 */
const [folder = ''] = process.argv.slice(2);
export const PLATFORM_PORT = 8090;
export const ARCHIVE_PORT = 8091;

const ovc = await new RawOvc().listen(PLATFORM_PORT);
createServer((request, response) => {
  createReadStream(join(folder, basename(request.url ?? '')))
    .on('error', () => response.writeHead(404).end())
    .pipe(response);
}).listen(ARCHIVE_PORT, '127.0.0.1');
createInterface({ input: process.stdin }).on('line', (line) => ovc.say(line));

let dials = 0;
let frames = 0;
let said = '';
setInterval(() => {
  for (const dial of ovc.dials.slice(dials)) tell(`dial ${dial.searchParams.get('firmware_model')}`);
  for (const { req, params } of ovc.heard.slice(frames)) if (req === 'Keepalive') tellOnce(`state ${params?.state}`);
  dials = ovc.dials.length;
  frames = ovc.heard.length;
}, 50);

function tellOnce(words: string): void {
  if (words !== said) tell(words);
}

function tell(words: string): void {
  said = words;
  process.stdout.write(`${words}\n`);
}
