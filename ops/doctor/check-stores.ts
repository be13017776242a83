import { open, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { word } from '../fixes/commands.ts';
import { pathOnHost } from '../fixes/host-path.ts';
import { type Finding, fail, ok } from './finding.ts';
import type { Telling } from './telling.ts';

const CHECK = 'stores';
/** How each SQLite file begins that is not encrypted. */
const PLAIN_HEAD = 'SQLite format 3\0';
/** Of one person, room or lent paper: its number, with another one behind it once its key was changed (core/sqlite/tenant-files.ts). */
const OF_TENANT = /^[0-9a-f]{32}(\.\d+)?\.db$/;

/** Each encrypted file by its beginning: that it is one, is whole enough to be, and can be read by this account. Nothing where there is none. */
export async function checkStores(stateDir: string, telling: Telling): Promise<Finding[]> {
  const files = [...(await storesIn(stateDir)), ...(await storesIn(join(stateDir, 'tenants')))];
  if (files.length === 0) return [];
  const found = await Promise.all(files.map((file) => checkStore(file, stateDir, telling)));
  const wrong = found.filter((one) => one !== undefined);
  return wrong.length > 0 ? wrong : [ok(CHECK, telling.say('stores.sealed', { count: files.length }))];
}

async function checkStore(path: string, stateDir: string, { say, host }: Telling): Promise<Finding | undefined> {
  const file = path.slice(stateDir.length + 1);
  const typed = word(pathOnHost(host, path));
  const aside = say('store.aside', { command: `mv ${typed} ${typed}.aside` });
  if (file !== basename(path) && !OF_TENANT.test(basename(path)))
    return fail(CHECK, say('store.of-nobody', { file }), aside);
  const head = await headOf(path);
  if (typeof head !== 'string') {
    const { uid, gid } = host.account;
    const mend = `chown ${uid}:${gid} ${typed} && chmod 600 ${typed}`;
    return fail(CHECK, say('store.unreadable', { file, code: head.code ?? 'EIO' }), mend);
  }
  if (head === PLAIN_HEAD) return fail(CHECK, say('store.plain', { file }), aside);
  // An empty one is made by SQLite before its first page.
  if (head.length < PLAIN_HEAD.length && head.length > 0)
    return fail(CHECK, say('store.short', { file }), say('store.restore', { command: `mv ${typed} ${typed}.aside` }));
  return undefined;
}

async function storesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.filter((name) => name.endsWith('.db')).map((name) => join(folder, name));
}

async function headOf(path: string): Promise<string | NodeJS.ErrnoException> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(PLAIN_HEAD.length), 0, PLAIN_HEAD.length, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } catch (thrown) {
    return thrown as NodeJS.ErrnoException;
  }
}
