import { existsSync, rmSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import type { TokenVectors } from '../../core/ask/token-vectors.ts';
import { restoreNote } from '../../core/backup/restoring.ts';
import type { Clock } from '../../core/clock.ts';
import { AppError } from '../../core/errors.ts';
import { UsageError } from '../../core/exit.ts';
import { writeDurably } from '../../core/keys/durable-write.ts';
import { openPrivateKeys } from '../backup/archive/private-keys.ts';
import type { ArchiveEntry } from '../backup/archive/read-archive.ts';
import { Progress, type ProgressTerminal } from '../backup/commands/progress.ts';
import type { Remote } from '../backup/remote.ts';
import { type ArchiveSource, archiveFile, type VerifiedArchive, verifyArchive } from '../backup/verify-archive.ts';
import { SETTINGS_PREFIX } from '../backup/write-generation.ts';
import type { Prompt } from '../keys/prompt.ts';
import { agreeOnRemote } from './agree-on-remote.ts';
import { copiesAt, copiesBeside, type ErasedCopies } from './erased-copies.ts';
import { expectEmptyPlaces } from './place-restored.ts';
import { householdProof, type ProvenHousehold } from './prove-household.ts';
import { type FoundArchive, remoteArchive } from './remote-archive.ts';
import { restoreHousehold } from './restore.ts';
import { personLines, restorePerson } from './restore-person.ts';
import { placesBelow, type RestorePlaces } from './restore-places.ts';
import { checkedLines, restoredLines, restoredRecord } from './restored-lines.ts';

/** How `kinkeeper restore` gets its work: the entry file reads the settings. */
export interface RestoreCommandParts {
  /** What the settings in this file say about where things are; `recipientsFile` is backup.recipientsFile. */
  readonly places: (settingsFile: string) => {
    readonly places: Omit<RestorePlaces, 'settings'>;
    readonly recipientsFile: string | undefined;
  };
  /** The living household: its state folder, and its passphrase where the settings name a file with it. */
  readonly living: (options: { config?: string }) => {
    readonly stateDir: string;
    readonly passphrase: string | undefined;
  };
  /** Opens a remote of the settings by its name. Throws UsageError for one that is not in them. */
  readonly remote: (name: string, options: { config?: string }) => Remote;
  /** What the test questions of the restored stores are looked up with. */
  readonly vectors: () => TokenVectors;
  readonly prompt: () => Prompt;
  readonly say: (line: string) => void;
  readonly terminal: ProgressTerminal;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly config: readonly [string, string];
}

interface Options {
  readonly key: string;
  readonly config?: string;
  readonly to?: string;
  readonly tombstones?: string;
  readonly check?: boolean;
  readonly withoutHomeserver?: boolean;
  readonly remote?: string;
  readonly yes?: boolean;
  readonly person?: string;
  readonly document?: string;
  readonly alsoForgotten?: boolean;
  readonly json?: boolean;
}

const SETTINGS_FILE = 'kinkeeper.yaml';
/** Settings are small; what is larger is none of ours. */
const MOST_SETTINGS_BYTES = 1024 ** 2;

/** Adds `kinkeeper restore` to the program. */
export function addRestoreCommand(program: Command, parts: RestoreCommandParts): void {
  program
    .command('restore')
    .description(
      'bring a household back from a backup, on an empty machine; asks what it needs, and goes on where a try ended',
    )
    .argument(
      '[archive]',
      'such as kin-20261130T031500Z-1a2b3c.tar.zst.gpg; with --remote its name there (default: the newest)',
    )
    .requiredOption('--key <file>', 'private half of a key that the backup was sealed to')
    .option(...parts.config)
    .option('--remote <name>', 'read the backup from this remote of the settings (kinkeeper.yaml has to be there)')
    .option('--yes', 'with --remote: restore what is shown without being asked, for scripts')
    .option('--to <folder>', 'put everything below this folder instead of where the settings say')
    .option('--without-homeserver', 'leave the homeserver as it is, and restore only our own stores')
    .option('--tombstones <file>', 'a newer list of what was erased (`tombstones` of a newer state folder)')
    .option('--check', 'only read the whole backup and say what is in it; write nothing')
    .option(
      '--person <address>',
      'bring back the papers of one person only, into the living household; the bot has to be stopped',
    )
    .option('--document <number or name>', 'with --person: only this paper')
    .option('--also-forgotten', 'with --person: also what they had forgotten since, because they ask for it')
    .option('--json', 'what became of it as JSON')
    .action((archive: string | undefined, options: Options) => restore(parts, archive, options));
}

async function restore(parts: RestoreCommandParts, archive: string | undefined, options: Options): Promise<void> {
  const { say, terminal, signal } = parts;
  const { person } = options;
  expectOptionsFit(options);
  const { source, copies, found } = await sourceOf(parts, archive, options);
  if (person !== undefined) return restoreOne(parts, source, { ...options, person });
  const prompt = parts.prompt();
  const progress = new Progress(terminal);
  try {
    if (options.tombstones !== undefined) expectFile(options.tombstones);
    expectRoomForIt(parts, options);
    const keys = { privateKeys: await openPrivateKeys(options.key, (label) => prompt.secret(label)) };
    const settings = new Map<string, string>();
    const verified = await verifyArchive(source, {
      ...{ keys, signal, onEntry: (entry) => keepSettings(entry, settings) },
      onProgress: (done, total) => progress.tell('checking the whole backup', done, total),
    });
    progress.end();
    if (options.check) return say(checkedLines(verified, options.json ?? false));
    const tell = (line: string) => {
      progress.end();
      terminal.write(`${line}\n`);
    };
    const { clock } = parts;
    if (found !== undefined)
      await agreeOnRemote(found, { verified, isAgreed: options.yes ?? false, prompt, say: tell, clock });
    const household = householdProof({ keyFile: verified.keyFile, prompt, say: tell, clock });
    const places = await placesFor(parts, options, { verified, settings, household });
    const restored = await restoreHousehold({
      ...{ source, copies, keys, places, verified, household, clock, signal },
      ...{ tombstones: options.tombstones, vectors: parts.vectors },
      onProgress: (step, done, total) => progress.tell(step, done, total),
    });
    progress.end();
    say(options.json ? JSON.stringify(restoredRecord(restored, places)) : restoredLines(restored, places));
  } finally {
    progress.end();
    prompt.close();
  }
}

/** One person's papers are brought into the living household: what says how a whole one comes back means nothing there. */
function expectOptionsFit({
  person,
  document,
  alsoForgotten,
  check,
  to,
  tombstones,
  withoutHomeserver,
}: Options): void {
  if (person === undefined && (document !== undefined || alsoForgotten))
    throw new UsageError('--document and --also-forgotten belong to --person.');
  if (person !== undefined && (check || to !== undefined || tombstones !== undefined || withoutHomeserver))
    throw new UsageError(
      '--check, --to, --tombstones and --without-homeserver do not go with --person. Nothing was changed.',
    );
}

async function sourceOf(
  { remote, signal, clock }: RestoreCommandParts,
  archive: string | undefined,
  options: Options,
): Promise<{ source: ArchiveSource; copies: ErasedCopies; found?: FoundArchive }> {
  if (options.remote !== undefined) {
    const from = remote(options.remote, options);
    const found = await remoteArchive(from, { generation: archive, now: clock(), signal });
    return { source: found.source, copies: copiesAt(from, signal), found };
  }
  if (archive === undefined) throw new UsageError('Name an archive, or a place of the settings with --remote.');
  return { source: archiveFile(archive), copies: copiesBeside(archive) };
}

/** One person's papers, into the living household. */
async function restoreOne(
  parts: RestoreCommandParts,
  source: ArchiveSource,
  options: Options & { readonly person: string },
): Promise<void> {
  const { say, terminal, signal, clock } = parts;
  const { person, document, alsoForgotten = false } = options;
  const prompt = parts.prompt();
  const progress = new Progress(terminal);
  try {
    const { stateDir, passphrase } = parts.living(options);
    if (alsoForgotten) await expectAsked(prompt, person);
    const keys = { privateKeys: await openPrivateKeys(options.key, (label) => prompt.secret(label)) };
    const restored = await restorePerson({
      ...{ source, keys, person, document, alsoForgotten, stateDir, prompt, clock, signal },
      passphrase: passphrase ?? (await prompt.secret('Passphrase of the household')),
      say: (line) => void terminal.write(`${line}\n`),
      onProgress: (step, done, total) => progress.tell(step, done, total),
    });
    progress.end();
    say(options.json ? JSON.stringify({ ok: true, ...restored }) : personLines(restored));
  } finally {
    progress.end();
    prompt.close();
  }
}

/** What somebody had forgotten comes back at their own wish alone. */
async function expectAsked(prompt: Prompt, person: string): Promise<void> {
  const typed = await prompt.line(`What ${person} had forgotten comes back. Type the address, if they asked for it`);
  if (typed.trim() !== person) throw new UsageError('That is another address. Nothing was changed.');
}

/** Says early that something is in the way, where the settings are known already. */
function expectRoomForIt(parts: RestoreCommandParts, options: Options): void {
  const file = resolve(options.config ?? SETTINGS_FILE);
  if (options.check || options.to !== undefined || !existsSync(file)) return;
  const { places } = parts.places(file);
  if (!existsSync(restoreNote(places.stateDir)))
    expectEmptyPlaces({ ...places, ...(options.withoutHomeserver && { homeserver: { kind: 'none' } }), settings: [] });
}

async function keepSettings({ name, bytes, content }: ArchiveEntry, settings: Map<string, string>): Promise<void> {
  if (!name.startsWith(`${SETTINGS_PREFIX}/`) || bytes > MOST_SETTINGS_BYTES) return;
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  settings.set(name, Buffer.concat(chunks).toString('utf8'));
}

interface Found {
  readonly verified: VerifiedArchive;
  readonly settings: ReadonlyMap<string, string>;
  readonly household: () => Promise<ProvenHousehold>;
}

async function placesFor(parts: RestoreCommandParts, options: Options, found: Found): Promise<RestorePlaces> {
  const { settings, verified } = found;
  const { head } = verified;
  if (options.to !== undefined) return placesBelow(resolve(options.to), head, [...settings.keys()]);
  const file = resolve(options.config ?? SETTINGS_FILE);
  const own = existsSync(file) ? undefined : ownSettings(file, settings);
  if (own !== undefined) await found.household();
  const { places, recipientsFile } = own === undefined ? parts.places(file) : placesOf(own, file, parts);
  const keysName = recipientsFile && `${SETTINGS_PREFIX}/${basename(recipientsFile)}`;
  const missing = keysName && settings.has(keysName) ? [{ name: keysName, path: recipientsFile }] : [];
  const homeserver =
    options.withoutHomeserver || head.homeserver === 'none' ? { kind: 'none' as const } : places.homeserver;
  if (!options.withoutHomeserver && head.homeserver !== homeserver.kind)
    throw otherHomeserver(head.homeserver, homeserver.kind);
  return {
    ...places,
    homeserver,
    settings: own === undefined ? missing : [...missing, { name: own.name, path: file }],
  };
}

/** On an empty machine: the settings of the backup say where everything belongs. */
function ownSettings(file: string, settings: ReadonlyMap<string, string>): { name: string; text: string } {
  const yaml = [...settings.keys()].filter((name) => /\.ya?ml$/.test(name));
  const name = yaml.length === 1 ? yaml[0]! : `${SETTINGS_PREFIX}/${basename(file)}`;
  const text = settings.get(name);
  if (text !== undefined) return { name, text };
  throw new UsageError(
    `There is no settings file ${file}, and none in this backup. Write one first (config/sample.yaml shows how), or give --to <folder>.`,
  );
}

/** Reads them from beside their place: until everything is restored nothing of that name lies there, for another try to believe. */
function placesOf({ text }: { text: string }, file: string, { places }: RestoreCommandParts) {
  const beside = `${file}.restoring`;
  try {
    writeDurably(beside, text, { exclusive: false });
    return places(beside);
  } finally {
    rmSync(beside, { force: true });
  }
}

function expectFile(path: string): void {
  if (existsSync(path)) return;
  throw new UsageError(`--tombstones: ${path} is not there`);
}

function otherHomeserver(inBackup: string, inSettings: string): AppError {
  return new AppError(
    'conflict',
    `this backup holds a homeserver (${inBackup}), the settings name another kind (${inSettings})`,
    {
      reason: 'restore-homeserver',
      hint: 'Set homeserver.kind and its folders as they were, or leave the homeserver as it is with --without-homeserver. Nothing was changed.',
    },
  );
}
