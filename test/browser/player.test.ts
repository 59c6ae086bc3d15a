import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { build } from 'esbuild';
import { IN_BROWSER, Window } from '../peers/browser.ts';

const window = new Window();
const CSP = "default-src 'none'; script-src 'self'; media-src 'self' blob:; connect-src 'self'";
const FILM = '-re -f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i sine -c:v libx264 -preset ultrafast';

/** A page with nothing but the player, and a stream that a camera could have sent. */
async function playerPage(t: TestContext): Promise<{ url: string; endStream: () => void; opened: () => number }> {
  // What the player tells is written into the page, where a test can wait for it.
  const source = `import { play } from './src/pages/kit/player/playback.ts';
    const video = document.querySelector('video');
    const { dataset } = document.body;
    const onState = ({ kind, now }) => {
      dataset.kind = kind === 'playing' && now.delayMs < 1000 && video.currentTime > 0 ? 'near-live' : kind;
      dataset.seen = (dataset.seen ?? '') + ' ' + kind;
      if (now) dataset.picture = now.codec.slice(0, 4) + ' ' + now.width + 'x' + now.height;
    };
    play({ video, url: 'live.flv', sound: false, onState }, new AbortController().signal);`;
  const stdin = { contents: source, resolveDir: process.cwd(), loader: 'ts' } as const;
  const { outputFiles } = await build({ stdin, bundle: true, format: 'esm', write: false });
  const children: ReturnType<typeof spawn>[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/live.flv') {
      const child = spawn('ffmpeg', `-v error ${FILM} -tune zerolatency -g 50 -c:a aac -f flv pipe:1`.split(' '));
      children.push(child);
      child.stdout.pipe(response);
      response.on('close', () => child.kill('SIGKILL'));
    } else if (request.url === '/player.js') {
      response.setHeader('content-type', 'text/javascript').end(outputFiles[0]?.text);
    } else {
      response.setHeader('content-security-policy', CSP).setHeader('content-type', 'text/html');
      response.end('<video muted playsinline></video><script type="module" src="/player.js"></script>');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const child of children) child.kill('SIGKILL');
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const endStream = () => void children.at(-1)?.kill('SIGKILL');
  return { url: `http://127.0.0.1:${port}/`, endStream, opened: () => children.length };
}

test('live video plays near the live edge, and comes back when its stream was lost', IN_BROWSER, async (t) => {
  const { url, endStream, opened } = await playerPage(t);
  const page = await window.open(t, url);
  await page.locator('body[data-kind=near-live][data-picture="avc1 320x180"]').waitFor();
  endStream();
  await page.locator('body[data-kind=near-live][data-seen*=retrying]').waitFor();
  assert.equal(opened(), 2);
});
