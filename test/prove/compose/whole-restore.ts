import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { ComposeHousehold } from './compose-household.ts';
import { changesNothing, goesThrough, prepares } from './set-up.ts';

const RESTORE = '/opt/kinkeeper/config/deploy/restore.sh';
/** Everything that set-up and the product have written to the server, but the checkout of the product. */
export const WRITTEN = [
  '/srv/kinkeeper',
  '/opt/kinkeeper/.env',
  '/etc/kinkeeper',
  '/usr/lib/kinkeeper-host',
  '/var/lib/kinkeeper-host',
  '/var/lib/kinkeeper-spool',
];

/** What people keep elsewhere: a backup, and on paper the key with its passphrase and the passphrase of the household. */
interface Kept extends Disposable {
  readonly archive: string;
  readonly keyFile: string;
  readonly keyPassphrase: string;
  readonly passphrase: string;
}

/**
 * The server is lost but for a backup, and comes back by the lines of the runbook: laid out, restored, set up to its end. `ask` puts the question
 * of before through the new door and resolves to what is amiss with the answer. Resolves to what is not as it has to be.
 */
export async function wholeRestore(household: ComposeHousehold, ask: () => Promise<string[]>): Promise<string[]> {
  // Who is to hear of it has to be there before.
  await household.outside('enter', {});
  using kept = await keep(household);
  await lose(household);
  const faults = await prepares(household.place);
  const archive = `/srv/kinkeeper/backups/${basename(kept.archive)}`;
  await household.onServer(['cp', kept.archive, archive]);
  const said = await household.onServer(
    [RESTORE, '/opt/kinkeeper', archive, kept.keyFile],
    `${kept.keyPassphrase}\n${kept.passphrase}\n`,
  );
  if (!/Restored\. Next:/.test(said)) faults.push(`the restore did not come to its end: ${said.slice(-800)}`);
  writeFileSync(join(household.data, 'secrets/kinkeeper/passphrase'), `${kept.passphrase}\n`);
  faults.push(...(await goesThrough(household.place)).faults, ...(await changesNothing(household.place)));
  await household.healthy();
  // Its authority is a new one, which each phone has to take once.
  await household.outside('trust', { authority: readFileSync(join(household.data, 'tls/ca.pem'), 'utf8') });
  await household.outside('hear', { matching: 'Restored from the backup of' });
  await household.outside('meet', {});
  faults.push(...(await ask()));
  // All that a backup takes along lies where ops reads it: the next one can be made.
  await backUp(household);
  return faults;
}

/** Has ops make a backup; resolves to where it lies on the server. */
async function backUp(household: ComposeHousehold): Promise<string> {
  await household.compose('exec', '-T', 'ops', 'kinkeeper', 'backup', 'now');
  const listed = await household.onServer(['sh', '-c', 'ls -t /srv/kinkeeper/backups/kin-2*.gpg']);
  return listed.split('\n')[0]!;
}

async function keep(household: ComposeHousehold): Promise<Kept> {
  const folder = mkdtempSync(join(tmpdir(), 'kinkeeper-kept-'));
  const key = mkdtempSync('/dev/shm/kinkeeper-paper-');
  const made = await backUp(household);
  const archive = join(folder, basename(made));
  cpSync(join(household.server.folder, made), archive);
  const { privateKey, passphrase: keyPassphrase } = household.setUp.backupKey;
  const keyFile = join(key, 'backup-key.asc');
  writeFileSync(keyFile, privateKey, { mode: 0o600 });
  return {
    ...{ archive, keyFile, keyPassphrase },
    passphrase: readFileSync(join(household.data, 'secrets/kinkeeper/passphrase'), 'utf8').trim(),
    [Symbol.dispose]: () => {
      for (const one of [folder, key]) rmSync(one, { recursive: true });
    },
  };
}

/** Containers, networks, and everything that was written. */
async function lose(household: ComposeHousehold): Promise<void> {
  await household.compose('down', '--timeout', '10', '--volumes');
  await household.onServer(['rm', '-rf', ...WRITTEN]);
  household.nameImages();
}
