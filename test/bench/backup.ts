import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateKey } from 'openpgp';
import type { BackupPlan } from '../../ops/backup/backup-plan.ts';
import { makeBenchState } from './backup/make-state.ts';
import { measured } from './backup/measured.ts';
import { type Part, type Row, rivalRows, warm } from './backup/rivals.ts';

// What a backup costs beside tar | zstd | gpg, restic and borg, in one run over the same files from a warm cache: writing, reading back and
// comparing (apart), restoring. On a shared machine the CPU seconds say more than the clock. Usage:
//   npm run bench:backup -- [--mb 1000] [--json] [--folder <where it is made>]

const OURS = fileURLToPath(new URL('./backup/ours.child.ts', import.meta.url));
const AIM = { ofRestic: 1, peakMegabytes: 200 };
const megabytes = Number(option('--mb', '1000'));
const folder = mkdtempSync(join(option('--folder', tmpdir()), 'kin-bench-backup-'));
try {
  const report = await measure();
  console.log(shown(report));
  if (process.argv.includes('--json')) console.log(JSON.stringify(report));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

interface Report {
  readonly bench: 'backup';
  readonly plainMegabytes: number;
  readonly aim: typeof AIM;
  readonly rows: readonly Row[];
  /** Our rate over theirs, of bytes for each second of CPU time, and by the clock. */
  readonly ratios: Readonly<Record<string, { readonly cpu: number; readonly wall: number }>>;
}

async function measure(): Promise<Report> {
  const source = join(folder, 'source');
  const made = await makeBenchState(source, megabytes);
  const pair = await generateKey({ userIDs: [{ name: 'home' }], type: 'ecc', curve: 'curve25519Legacy' });
  const { row, plainBytes } = await ours(made, pair);
  const rivals = await rivalRows({ source, folder: join(folder, 'rival'), ...pair });
  const ratio = (theirs: Part, mine: Part) => ({ cpu: theirs.cpu / mine.cpu, wall: theirs.wall / mine.wall });
  const ratios = rivals.flatMap(({ name, write }) => (write ? [[name, ratio(write, row.write!)] as const] : []));
  return {
    ...{ bench: 'backup', plainMegabytes: plainBytes / 1_000_000, aim: AIM, rows: [row, ...rivals] },
    ratios: Object.fromEntries(ratios),
  };
}

async function ours(
  { stateDir, homeserver, folder: source }: Awaited<ReturnType<typeof makeBenchState>>,
  pair: { readonly publicKey: string; readonly privateKey: string },
): Promise<{ row: Row; plainBytes: number }> {
  const localDir = join(folder, 'ours');
  const [archive, into] = [join(localDir, 'kin.gpg'), join(folder, 'restored')];
  mkdirSync(localDir);
  const recipientsFile = join(folder, 'recipients.asc');
  writeFileSync(recipientsFile, pair.publicKey);
  const plan: BackupPlan = { localDir, recipientsFile, homeserver, version: '1' };
  await warm(source);
  const writing = await run({ plan, stateDir, to: archive });
  const restoring = await run({ archive, privateKey: pair.privateKey, into });
  rmSync(into, { recursive: true });
  rmSync(localDir, { recursive: true });
  const { write, verify, bytes, plainBytes } = writing.said;
  const peakMegabytes = Math.max(writing.peakMegabytes, restoring.peakMegabytes);
  return {
    row: {
      name: 'kinkeeper',
      bytes: bytes!,
      peakMegabytes,
      write: write!,
      verify: verify!,
      restore: restoring.said.restore!,
    },
    plainBytes: plainBytes!,
  };
}

/** As write-in-child.ts starts it. */
async function run(order: object) {
  const { said, peakMegabytes } = await measured('"$NODE" --max-semi-space-size=1 "$OURS" "$ORDER"', {
    NODE: process.execPath,
    OURS,
    ORDER: JSON.stringify(order),
  });
  type Said = { write?: Part; verify?: Part; restore?: Part; bytes?: number; plainBytes?: number };
  return { said: JSON.parse(said) as Said, peakMegabytes };
}

function shown({ plainMegabytes, rows, ratios }: Report): string {
  const rate = (part: Part | undefined) =>
    part === undefined
      ? '-'
      : `${(plainMegabytes / part.wall).toFixed(0)} MB/s (${(plainMegabytes / part.cpu).toFixed(0)} a CPU second)`;
  const lines = rows.map(({ name, missing, failed, bytes, peakMegabytes, write, verify, restore }) =>
    missing !== undefined || failed !== undefined
      ? `${name}: ${missing === undefined ? failed : `${missing} is not installed`}`
      : `${name}: write ${rate(write)}, verify ${rate(verify)}, restore ${rate(restore)}, ${(bytes! / 1_000_000).toFixed(0)} MB, peak ${peakMegabytes!.toFixed(0)} MB`,
  );
  const beside = Object.entries(ratios).map(
    ([name, { cpu, wall }]) =>
      `writes ${cpu.toFixed(2)} times as much as ${name} in a CPU second, ${wall.toFixed(2)} by the clock`,
  );
  return [`${plainMegabytes.toFixed(0)} MB of state, homeserver and media`, ...lines, ...beside].join('\n');
}

function option(name: string, otherwise: string): string {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise);
}
