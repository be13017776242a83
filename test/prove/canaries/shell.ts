import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { generateKey } from 'openpgp';
import type { Sink } from './sinks.ts';

const KINKEEPER = fileURLToPath(new URL('../../../ops/kinkeeper.ts', import.meta.url));
const PASSPHRASE = 'correct horse';
const BEN = '@ben:home.test';
/** Private half of the key that backups are sealed to, and the place of the newest backup in a call. */
const KEY_FILE = 'backup-key.asc';
const ARCHIVE = '<the newest backup>';

/** How one command of the shell is called. `works`: it has to end with 0, so that what was looked at is its real answer. */
interface Call {
  readonly args: readonly string[];
  readonly input?: string;
  readonly works: boolean;
}

/** Every command of `kinkeeper`, as an operator types it who has the passphrase; in this order, because keys change on the way. */
export const SHELL_CALLS: Readonly<Record<string, readonly Call[]>> = {
  doctor: [{ args: ['--json'], works: false }],
  setup: [{ args: ['--answers', 'operators-own.txt', '--show'], works: false }],
  unlock: [{ args: [], input: PASSPHRASE, works: false }],
  'audit verify': [
    { args: ['--json'], works: true },
    { args: [], works: true },
  ],
  'audit export': [
    { args: ['--json'], works: true },
    { args: [], works: true },
  ],
  checklist: [
    { args: ['--json'], works: false },
    { args: [], works: false },
  ],
  gdpr: [{ args: ['--out', 'papers'], works: true }],
  'backup keys': [
    { args: ['--gpg'], works: true },
    { args: [], input: 'for the key\nfor the key\nkept\n', works: true },
  ],
  'backup now': [{ args: ['--json'], works: true }],
  'backup list': [
    { args: ['--json'], works: true },
    { args: [], works: true },
  ],
  'backup verify': [
    { args: [ARCHIVE, '--key', KEY_FILE, '--json'], works: true },
    { args: [ARCHIVE, '--key', 'operators-own.txt'], works: false },
  ],
  restore: [
    { args: [ARCHIVE, '--key', KEY_FILE, '--check'], works: true },
    { args: [ARCHIVE, '--key', KEY_FILE, '--to', 'restored'], input: `${PASSPHRASE}\n`, works: false },
  ],
  evidence: [{ args: ['--json'], works: true }],
  'incident rehearse': [{ args: ['--json'], works: true }],
  'incident report': [{ args: ['--out', '.', '--since', '2000-01-01'], works: true }],
  read: [{ args: ['--json', 'operators-own.txt'], works: true }],
  'people confirm': [{ args: [BEN], works: true }],
  // The household of the proof gave the bot no right over accounts.
  'people reset': [{ args: [BEN], input: `${BEN}\n`, works: false }],
  'alerts test': [
    { args: ['--json'], works: true },
    { args: [], works: true },
  ],
  'receipt key': [{ args: [], works: true }],
  'receipt verify': [{ args: ['operators-own.txt'], works: false }],
  'receipt show': [{ args: ['ABCD-2345'], works: false }],
  import: [{ args: ['operators-own.txt', '--person', BEN], input: 'a password', works: false }],
  // A household's state folder is none that it made itself: it opens nothing.
  console: [
    {
      args: ['--as', BEN],
      input: '!files\n!help\n!privacy\nWhat is the number of the contract?\nquit\n',
      works: false,
    },
  ],
  'keys list': [{ args: ['--json'], works: true }],
  'keys rotate': [{ args: ['all'], works: true }],
  'keys rotate-master': [{ args: [], input: 'no\n', works: false }],
  'keys recovery-code': [{ args: [], input: 'no\n', works: false }],
  'keys passphrase': [{ args: [], input: `${PASSPHRASE}\nanother long one\nanother long one\n`, works: false }],
  'keys recover': [{ args: [], input: 'AAAA-AAAA\n', works: false }],
};

/**
 * What `kinkeeper` prints for each command, on a copy of a state folder made below `folder`; what it writes stays there. Throws
 * Error when a command that has to work does not.
 */
export async function shellSinks(stateDir: string, folder: string): Promise<Sink[]> {
  const place = join(folder, 'shell');
  mkdirSync(join(place, 'secrets'), { recursive: true });
  cpSync(stateDir, join(place, 'state'), { recursive: true, filter: (path) => !/\.(sock|lock)$/.test(path) });
  writeFileSync(join(place, 'secrets', 'passphrase'), PASSPHRASE, { mode: 0o600 });
  writeFileSync(join(place, 'operators-own.txt'), 'A file of the operator.');
  writeFileSync(
    join(place, 'kinkeeper.yaml'),
    [
      'matrix: { homeserver: "http://127.0.0.1:9", userId: "@kin:home.test" }',
      'keys: { passphraseFile: ./secrets/passphrase }',
      'embedding: { kind: none }',
      'answering: { kind: extractive }',
      'backup: { recipientsFile: ./recipients.asc, localDir: ./backups }',
    ].join('\n'),
  );
  await writeBackupKey(place);
  const sinks: Sink[] = [];
  for (const [name, calls] of Object.entries(SHELL_CALLS)) {
    for (const { args, input, works } of calls) {
      const words = [
        ...name.split(' '),
        ...args.map((arg) => (arg === ARCHIVE ? newestIn(place) : arg)),
        ...(name === 'console' ? [] : ['--config', 'kinkeeper.yaml']),
      ];
      const ended = await execa(process.execPath, ['--disable-warning=DEP0060', KINKEEPER, ...words], {
        ...{ cwd: place, input: input ?? '', reject: false, all: true },
      });
      if (works && ended.exitCode !== 0)
        throw new Error(`kinkeeper ${name} ended with ${ended.exitCode}: ${ended.all}`);
      sinks.push({ name: `shell ${[name, ...args].join(' ')}`, bytes: Buffer.from(ended.all) });
    }
  }
  return sinks;
}

async function writeBackupKey(place: string): Promise<void> {
  const { publicKey, privateKey } = await generateKey({
    userIDs: [{ name: 'home' }],
    type: 'ecc',
    curve: 'curve25519Legacy',
  });
  writeFileSync(join(place, 'recipients.asc'), publicKey);
  writeFileSync(join(place, KEY_FILE), privateKey);
}

function newestIn(place: string): string {
  const name = readdirSync(join(place, 'backups'))
    .filter((entry) => entry.endsWith('.gpg'))
    .sort()
    .at(-1);
  return join('backups', name!);
}

/** The commands that `kinkeeper` knows, by its own help ("keys rotate" for those below another). */
export async function shellCommands(above: readonly string[] = []): Promise<string[]> {
  const { stdout } = await execa(process.execPath, [KINKEEPER, ...above, '--help']);
  const listed = [...(stdout.split(/^Commands:$/m)[1] ?? '').matchAll(/^ {2}([a-z-]+)( \S*[[<]\S*)?/gm)];
  const found = await Promise.all(
    listed
      .filter(([, name]) => name !== 'help')
      // What takes neither options nor arguments has commands below it.
      .map(([, name, more]) => (more ? [[...above, name].join(' ')] : shellCommands([...above, name!]))),
  );
  return listed.length === 0 ? [above.join(' ')] : found.flat();
}
