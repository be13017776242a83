import { join } from 'node:path';
import type { Command } from 'commander';
import type { TokenVectors } from '../../../core/ask/token-vectors.ts';
import { archiveName, LOCAL_PLACE } from '../../../core/backup/generation.ts';
import { keepTestQuestions } from '../../../core/backup/test-question.ts';
import type { Clock } from '../../../core/clock.ts';
import type { OpenState } from '../../../core/control.ts';
import { EXIT, UsageError } from '../../../core/exit.ts';
import type { Prompt } from '../../keys/prompt.ts';
import { openPrivateKeys } from '../archive/private-keys.ts';
import type { BackupPlan } from '../backup-plan.ts';
import { makeBackup } from '../make-backup.ts';
import { archiveFile, verifyArchive } from '../verify-archive.ts';
import { listBackups, listedLines } from './list-backups.ts';
import { gpgWay, offerKey } from './offer-key.ts';
import { Progress, type ProgressTerminal } from './progress.ts';
import { showBytes } from './show-bytes.ts';
import { wholeLines } from './whole-lines.ts';

/** How `kinkeeper backup` gets its work: the entry file reads the settings and opens the state folder. */
export interface BackupCommandParts {
  /** How wide the terminal is; undefined where there is none. */
  readonly columns: number | undefined;
  readonly open: (options: { config?: string }) => Promise<OpenState>;
  /** What the settings say about backups, and where the stores are. */
  readonly settings: (options: { config?: string }) => { plan: BackupPlan | undefined; stateDir: string };
  /** backup.recipientsFile, whether it is there or not. */
  readonly recipientsFile: (options: { config?: string }) => string | undefined;
  readonly vectors: () => TokenVectors;
  readonly prompt: () => Prompt;
  readonly say: (line: string) => void;
  readonly terminal: ProgressTerminal;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The exit code of what was done. */
  readonly ended: (code: number) => void;
  readonly config: readonly [string, string];
}

type Options = { config?: string; json?: boolean };

const NO_RECIPIENTS =
  'backup.recipientsFile is missing in the settings. Name a file there, such as ./backup-recipients.asc, then run `kinkeeper backup keys`.';

/** Adds `kinkeeper backup now|list|verify|keys` to the program. */
export function addBackupCommand(program: Command, parts: BackupCommandParts): void {
  const backup = program
    .command('backup')
    .description('sealed copies of everything: make, list, check, and their keys');
  const sub = (name: string, description: string) =>
    backup
      .command(name)
      .description(description)
      .option(...parts.config);
  sub('now', 'make a backup and read it back; bot and ops may go on, or not run')
    .option('--json', 'what was made as JSON')
    .action((options: Options) => backupNow(parts, options));
  sub('list', 'the backups that this household knows of, newest first')
    .option('--json', 'as JSON')
    .action(async (options: Options) => {
      using state = await parts.open(options);
      const listed = listBackups(state.control.backups.all());
      parts.say(options.json ? JSON.stringify({ ok: true, backups: listed }, null, 2) : listedLines(listed));
    });
  sub('verify', 'unseal a backup and compare every file in it with its list; writes nothing')
    .argument('<archive>', 'such as backups/kin-20261130T031500Z-1a2b3c.tar.zst.gpg')
    .requiredOption('--key <file>', 'private half of a key that it was sealed to')
    .option('--json', 'what was found as JSON')
    .action((archive: string, options: Options & { key: string }) => verify(parts, archive, options));
  sub('keys', 'make a key that backups are sealed to; its private half is shown once')
    .option('--gpg', 'show how gpg on your own computer makes one instead')
    .action((options: Options & { gpg?: boolean }) => makeKey(parts, options));
}

async function backupNow(parts: BackupCommandParts, options: Options): Promise<void> {
  const { vectors, say, clock, signal } = parts;
  const { plan, stateDir } = parts.settings(options);
  if (plan === undefined) throw new UsageError(NO_RECIPIENTS);
  using state = await parts.open(options);
  keepTestQuestions(state, { vectors: vectors(), now: clock() });
  const progress = new Progress(parts.terminal);
  const made = await makeBackup(plan, {
    ...{ state, stateDir, clock, signal },
    onProgress: ({ step, done, total }) => progress.tell(step, done, total),
  }).finally(() => progress.end());
  const file = join(plan.localDir, archiveName(made.name));
  if (options.json) {
    const { name, madeAt, bytes, sha256, entries } = made;
    return say(JSON.stringify({ ok: true, name, madeAt, bytes, sha256, entries, place: LOCAL_PLACE, file }, null, 2));
  }
  say(`${file}  ${showBytes(made.bytes)}, ${made.entries} files, read back and compared.`);
  say('It counts as a backup once it has proven itself: the job `drill` restores it into a scratch place.');
}

async function verify(
  { prompt, say, terminal, signal }: BackupCommandParts,
  archive: string,
  options: Options & { key: string },
): Promise<void> {
  const source = archiveFile(archive);
  const asking = prompt();
  const privateKeys = await openPrivateKeys(options.key, (label) => asking.secret(label)).finally(() => asking.close());
  const progress = new Progress(terminal);
  const found = await verifyArchive(source, {
    ...{ keys: { privateKeys }, signal },
    onProgress: (done, total) => progress.tell('reading', done, total),
  }).finally(() => progress.end());
  if (options.json) {
    const { head, files, plainBytes, leftOut, bytes, sha256 } = found;
    const { version, madeAt, people, tenants, homeserver } = head;
    const facts = {
      version,
      madeAt,
      people,
      tenants: tenants.length,
      homeserver,
      files,
      leftOut,
      bytes,
      plainBytes,
      sha256,
    };
    return say(JSON.stringify({ ok: true, ...facts }, null, 2));
  }
  say(wholeLines(found));
}

async function makeKey(parts: BackupCommandParts, options: Options & { gpg?: boolean }): Promise<void> {
  const { say, ended, clock } = parts;
  const recipientsFile = parts.recipientsFile(options);
  if (recipientsFile === undefined) throw new UsageError(NO_RECIPIENTS);
  if (options.gpg) return say(gpgWay(recipientsFile));
  const prompt = parts.prompt();
  try {
    const isKept = await offerKey({ recipientsFile, prompt, say, columns: parts.columns, clock });
    ended(isKept ? EXIT.done : EXIT.failed);
  } finally {
    prompt.close();
  }
}
