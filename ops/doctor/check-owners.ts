import { lstat, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ReadFile } from '../../config/load.ts';
import { word } from '../fixes/commands.ts';
import type { Account } from './bot-account.ts';
import { shortPath } from './check-settings.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Telling } from './telling.ts';

const MOST_NAMED = 3;
const PASSWORD = 'accounts password';

/** What root alone can tell: whose everything is. */
export interface Owned {
  /** The folders that bot and ops write to, with all in them: state, and backups where there are any. */
  readonly folders: readonly string[];
  /** What the settings were read from. */
  readonly files: readonly ReadFile[];
}

/** Whether all that bot and ops write, and each secret that only its owner reads, belongs to their account. For root. */
export async function checkOwners({ folders, files }: Owned, account: Account, { say }: Telling): Promise<Finding[]> {
  const name = `${account.uid}:${account.gid}`;
  const secrets = files.filter(({ isSecret }) => isSecret).map(({ path }) => path);
  const inFolders = await Promise.all(
    folders.map(async (folder) => ({ folder, wrong: await othersIn(folder, account) })),
  );
  const loose = (await Promise.all(secrets.map((path) => othersAt(path, account)))).flat();
  const wrong = [...inFolders.flatMap((one) => one.wrong), ...loose];
  if (wrong.length === 0) return [ok('owners', say('owners.well', { account: name }))];
  const shown = wrong.slice(0, MOST_NAMED).map(shortPath);
  const says = say('owners.wrong', { account: name, names: shown.join(', '), more: wrong.length - shown.length });
  // Links are given as such: nobody gains another's file by them.
  const given = [
    ...inFolders.filter((one) => one.wrong.length > 0).map(({ folder }) => `chown -hR ${name} ${word(folder)}`),
    ...(loose.length === 0 ? [] : [`chown -h ${name} ${loose.map(word).join(' ')}`]),
  ];
  return [fail('owners', says, given.join(' && '))];
}

/** Folders in which secrets lie: each closed to all but its owner. */
export async function checkSecretFolders(files: readonly ReadFile[], { say }: Telling): Promise<Finding[]> {
  const folders = new Set(files.filter(({ isSecret }) => isSecret).map(({ path }) => dirname(path)));
  const found = await Promise.all(
    [...folders].map(async (path): Promise<Finding[]> => {
      const facts = await lstat(path).catch(() => undefined);
      // A folder of the system, as /run/secrets is one, has modes of its own.
      if (facts === undefined || !facts.isDirectory()) return [];
      const folder = shortPath(path);
      const mode = (facts.mode & 0o777).toString(8);
      return [
        (facts.mode & 0o077) === 0
          ? ok('secrets', say('secret-folder.well', { folder }))
          : warn('secrets', say('secret-folder.open', { folder, mode }), `chmod 700 ${word(path)}`),
      ];
    }),
  );
  return found.flat();
}

/** The password of the account that makes accounts, which set-up leaves beside the other secrets: root's alone. Nothing where there is none. */
export async function checkAccountsPassword(
  data: string,
  { account, telling: { say } }: { readonly account: Account | undefined; readonly telling: Telling },
): Promise<Finding[]> {
  const path = join(data, 'secrets', 'accounts-password');
  const facts = await lstat(path).catch(() => undefined);
  if (facts === undefined) return [];
  const fix = `chown root:root ${word(path)} && chmod 400 ${word(path)}`;
  const mode = facts.mode & 0o777;
  if ((mode & 0o077) !== 0) return [fail(PASSWORD, say('accounts-password.open', { mode: mode.toString(8) }), fix)];
  // Where somebody without the rights of root set it up, it is theirs, as is all else.
  if (facts.uid !== 0 && account !== undefined && account.uid !== 0 && process.geteuid?.() === 0)
    return [fail(PASSWORD, say('accounts-password.not-roots', { account: `${facts.uid}` }), fix)];
  return [ok(PASSWORD, say('accounts-password.well'))];
}

/** Everything in a folder, and itself, that is somebody else's. */
async function othersIn(folder: string, account: Account): Promise<string[]> {
  const here = await othersAt(folder, account);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const below = await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? othersIn(path, account) : othersAt(path, account);
    }),
  );
  return [...here, ...below.flat()];
}

async function othersAt(path: string, account: Account): Promise<string[]> {
  const facts = await lstat(path).catch(() => undefined);
  return facts === undefined || facts.uid === account.uid ? [] : [path];
}
