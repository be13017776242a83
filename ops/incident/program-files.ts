import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDERS = ['bot', 'core', 'ops', 'config'];
const FILES = ['package.json', 'package-lock.json', 'node_modules/.package-lock.json'];

/** SHA-256 of every file of the program (not of its packages: `packageVersions`), as `sha256sum -c` reads them. */
export async function programSums(root: string = ROOT): Promise<string> {
  const found = await Promise.all(FOLDERS.map((folder) => filesBelow(root, folder)));
  const lines: string[] = [];
  for (const file of [...FILES, ...found.flat().sort()]) {
    const content = await readFile(join(root, file)).catch(() => undefined);
    if (content !== undefined) lines.push(`${createHash('sha256').update(content).digest('hex')}  ${file}\n`);
  }
  return lines.join('');
}

/** Node and every package that is installed, with its version, one a line. */
export async function packageVersions(root: string = ROOT): Promise<string> {
  const folder = join(root, 'node_modules');
  const names = (await listed(folder)).filter((name) => !name.startsWith('.'));
  const scoped = await Promise.all(
    names
      .filter((name) => name.startsWith('@'))
      .map(async (scope) => (await listed(join(folder, scope))).map((one) => `${scope}/${one}`)),
  );
  const lines = [`node ${process.version.slice(1)}`];
  for (const name of [...names.filter((one) => !one.startsWith('@')), ...scoped.flat()].sort()) {
    const text = await readFile(join(folder, name, 'package.json'), 'utf8').catch(() => undefined);
    if (text !== undefined) lines.push(`${name} ${String((JSON.parse(text) as { version?: unknown }).version)}`);
  }
  return `${lines.join('\n')}\n`;
}

async function filesBelow(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length).replace(/^\//, ''));
}

function listed(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
