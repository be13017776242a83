import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cost, measured } from './measured.ts';

/** Time of one part. `wall` and `cpu` in seconds. */
export interface Part {
  readonly wall: number;
  readonly cpu: number;
}

/** What one way of backing up cost; `missing` names the program that is not installed, `failed` what it said. */
export interface Row {
  readonly name: string;
  readonly missing?: string;
  readonly failed?: string;
  readonly bytes?: number;
  readonly peakMegabytes?: number;
  readonly write?: Part;
  readonly verify?: Part;
  readonly restore?: Part;
}

interface Rival {
  readonly name: string;
  readonly programs: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly before?: string;
  readonly write: string;
  readonly verify: string;
  readonly restore: string;
}

/** Where they work: `source` is read, the rest is theirs. */
export interface RivalPlace {
  readonly source: string;
  readonly folder: string;
  readonly publicKey: string;
  readonly privateKey: string;
}

/** Each once, from a warm cache, one after the other. */
export async function rivalRows(place: RivalPlace): Promise<Row[]> {
  const rows: Row[] = [];
  for (const rival of rivalsIn(place)) rows.push(await rowOf(rival, place));
  return rows;
}

function rivalsIn({ source, folder }: RivalPlace): Rival[] {
  const [repo, out, file] = [join(folder, 'repo'), join(folder, 'out'), join(folder, 'it.gpg')];
  const gpg = `gpg --homedir ${join(folder, 'gnupg')} --batch --quiet --trust-model always`;
  const cache = join(folder, 'cache');
  return [
    {
      ...{ name: 'tar | zstd -1 | gpg', programs: ['tar', 'zstd', 'gpg'], env: {} },
      before: `mkdir -m 700 ${join(folder, 'gnupg')} && ${gpg} --import ${join(folder, 'private.asc')}`,
      write: `tar -C ${source} -cf - . | zstd -q -1 | ${gpg} --compress-algo none -r home -o ${file} -e && sync ${file}`,
      verify: `${gpg} -d ${file} | zstd -dq | tar -tf - > /dev/null`,
      restore: `${gpg} -d ${file} | zstd -dq | tar -C ${out} -xf -`,
    },
    {
      ...{ name: 'restic', programs: ['restic'], env: { RESTIC_PASSWORD: 'bench', RESTIC_CACHE_DIR: cache } },
      before: `restic -q -r ${repo} init`,
      write: `restic -q -r ${repo} backup ${source}`,
      verify: `restic -q -r ${repo} check --read-data`,
      restore: `restic -q -r ${repo} restore latest --target ${out}`,
    },
    {
      ...{ name: 'borg', programs: ['borg'], env: { BORG_PASSPHRASE: 'bench', BORG_BASE_DIR: cache } },
      before: `borg init -e repokey ${repo}`,
      write: `borg create -C zstd,1 ${repo}::a ${source}`,
      verify: `borg check --verify-data ${repo}`,
      restore: `cd ${out} && borg extract ${repo}::a`,
    },
  ];
}

async function rowOf(rival: Rival, place: RivalPlace): Promise<Row> {
  const { name, programs, env } = rival;
  const missing = programs.find((program) => !isInstalled(program));
  if (missing !== undefined) return { name, missing };
  const { folder, source } = place;
  mkdirSync(join(folder, 'out'), { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, 'private.asc'), place.privateKey, { mode: 0o600 });
  try {
    if (rival.before !== undefined) await measured(rival.before, env);
    await warm(source);
    const write = await measured(rival.write, env);
    const bytes = sizeOf(join(folder, name.startsWith('tar') ? 'it.gpg' : 'repo'));
    const verify = await measured(rival.verify, env);
    const restore = await measured(rival.restore, env);
    const peakMegabytes = Math.max(...[write, verify, restore].map((cost) => cost.peakMegabytes));
    return { name, bytes, peakMegabytes, write: partOf(write), verify: partOf(verify), restore: partOf(restore) };
  } catch (thrown) {
    return { name, failed: (thrown as Error).message.slice(0, 300) };
  } finally {
    if (isInstalled('gpgconf'))
      execFileSync('gpgconf', ['--homedir', join(folder, 'gnupg'), '--kill', 'gpg-agent'], { stdio: 'ignore' });
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Reads everything once, so that nobody is measured by the disk. */
export async function warm(folder: string): Promise<void> {
  await measured(`find ${folder} -type f -exec cat {} + > /dev/null`);
}

function partOf({ wall, cpu }: Cost): Part {
  return { wall, cpu };
}

function isInstalled(program: string): boolean {
  return (process.env.PATH ?? '')
    .split(':')
    .some((folder) => statSync(join(folder, program), { throwIfNoEntry: false })?.isFile());
}

function sizeOf(path: string): number {
  if (statSync(path).isFile()) return statSync(path).size;
  const entries = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
