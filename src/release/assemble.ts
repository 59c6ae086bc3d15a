import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Release } from './pack.ts';
import type { TarFile } from './tar.ts';

/** Gathers what a release is made of: a fresh build of the sources, and the production packages of the lockfile. */

const run = promisify(execFile);

/** What the build needs of the repository. */
const SOURCES = ['package.json', 'package-lock.json', 'tsconfig.json', 'src', 'config', 'systemd'];
/** What goes into the release as it stands, beside the build and the packages. */
const AS_IT_STANDS = [
  'package.json',
  'LICENSE',
  'README.md',
  'README.zh-CN.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'config',
  'systemd',
];
/** What a box has no use for. */
const NOT_SHIPPED = [
  /\.map$/,
  /\.ts$/,
  /^dist\/release\/(assemble|build|pack)\.js$/,
  /^systemd\/install\.sh$/,
  /^systemd\/.*\.md$/,
];
const NOT_SHIPPED_OF_PACKAGES = [
  /\.map$/,
  /\.[cm]?ts$/,
  /\.(md|markdown|yml|flow|html|jpg|png)$/i,
  /(^|\/)\.[^/]+$/,
  /^node_modules\/(@[^/]+\/)?[^/]+\/(test|tests|__tests__|example|examples|bench|benchmarks|coverage)\//,
];
const LICENCE = /\/(licen[cs]e|copying|notice)[^/]*$/i;

const packageFile = z.object({
  version: z.string(),
  engines: z.object({ node: z.string().regex(/^>=\d+\.\d+(\.\d+)?$/) }),
});
const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      dev: z.boolean().optional(),
      optional: z.boolean().optional(),
      devOptional: z.boolean().optional(),
    }),
  ),
});

/** Builds the repository at `root`; its own `dist` is not touched. @throws Error when something in it is not fit to ship */
export async function assemble(root: string): Promise<Release> {
  const { version, engines } = packageFile.parse(await json(join(root, 'package.json')));
  const workshop = await mkdtemp(join(tmpdir(), 'ovd-release-'));
  try {
    for (const name of SOURCES) await cp(join(root, name), join(workshop, name), { recursive: true });
    await symlink(join(root, 'node_modules'), join(workshop, 'node_modules'));
    await run('npm', ['run', '--silent', 'build'], { cwd: workshop });
    const files = [
      ...(await filesBelow(workshop, 'dist')),
      ...(await standing(root)),
      ...(await packages(root)),
      await installer(root),
    ];
    refuseNative(files);
    await tryOut(files, join(workshop, 'tried'));
    const [, node = ''] = /^>=(.*)$/.exec(engines.node) ?? [];
    return { version, node: node.split('.').length === 2 ? `${node}.0` : node, files, time: await commitTime(root) };
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

async function standing(root: string): Promise<TarFile[]> {
  const lists = await Promise.all(AS_IT_STANDS.map((name) => filesBelow(root, name)));
  return lists.flat();
}

async function installer(root: string): Promise<TarFile> {
  return { path: 'install.sh', bytes: await readFile(join(root, 'systemd/install.sh')), executable: true };
}

/** Every production package, as it is installed here; the lockfile says which, and in which version. */
async function packages(root: string): Promise<TarFile[]> {
  const lock = lockFile.parse(await json(join(root, 'package-lock.json')));
  const shipped = Object.entries(lock.packages).filter(
    ([path, { dev, optional, devOptional }]) => path !== '' && !dev && !optional && !devOptional,
  );
  const files = await Promise.all(
    shipped.map(async ([path, { version }]) => {
      const installed = packageVersion.parse(await json(join(root, path, 'package.json')));
      if (installed.version !== version) throw new Error(`${path} is not what the lockfile says; run npm ci`);
      const all = await walk(root, path, (below) => below === 'node_modules');
      return all.filter(({ path: file }) => LICENCE.test(file) || !NOT_SHIPPED_OF_PACKAGES.some((p) => p.test(file)));
    }),
  );
  return files.flat();
}

const packageVersion = z.object({ version: z.string() });

/** A release runs on every processor, so nothing in it may be made for one. */
function refuseNative(files: readonly TarFile[]): void {
  const ELF = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);
  const native = files.find(
    ({ path, bytes }) => /\.(node|so|dylib|dll|wasm)$/.test(path) || bytes.subarray(0, 4).equals(ELF),
  );
  if (native) throw new Error(`${native.path} is made for one kind of machine`);
}

/** What was left out may have been needed: the program must load with what the release holds, and nothing around it. */
async function tryOut(files: readonly TarFile[], folder: string): Promise<void> {
  for (const { path, bytes } of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
  const parts = files.map(({ path }) => path).filter((path) => /^dist\/(gateway|commands\/[\w-]+)\.js$/.test(path));
  const code = parts.map((path) => `await import(${JSON.stringify(`./${path}`)});`).join('');
  await run(process.execPath, ['--input-type=module', '-e', code], { cwd: folder });
}

async function filesBelow(root: string, name: string): Promise<TarFile[]> {
  const all = await walk(root, name, () => false);
  return all.filter(({ path }) => !NOT_SHIPPED.some((pattern) => pattern.test(path)));
}

async function walk(root: string, path: string, leaveOut: (name: string) => boolean): Promise<TarFile[]> {
  const found = await stat(join(root, path)).catch(() => undefined);
  if (!found) return [];
  if (found.isFile()) {
    const executable = path.endsWith('.sh') || /^systemd\/(launcher|command)$/.test(path);
    return [{ path: path.split(sep).join('/'), bytes: await readFile(join(root, path)), executable }];
  }
  const names = await readdir(join(root, path));
  const below = names.filter((name) => !leaveOut(name)).map((name) => walk(root, join(path, name), leaveOut));
  return (await Promise.all(below)).flat();
}

/** When the commit was made that is built: the same for everybody who builds it. */
async function commitTime(root: string): Promise<number> {
  const given = Number(process.env['SOURCE_DATE_EPOCH']);
  if (given > 0) return given;
  const { stdout } = await run('git', ['log', '-1', '--format=%ct'], { cwd: root }).catch(() => ({ stdout: '' }));
  return Number(stdout.trim()) || Date.UTC(2026, 0, 1) / 1_000;
}

async function json(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new Error(`${relative(process.cwd(), path)} cannot be read`, { cause });
  }
}
