import { lstat, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Who may be the owner of a folder on the way. `gid`: a group that may write besides; undefined: none may. */
export interface Trusted {
  readonly uids: readonly number[];
  readonly gid: number | undefined;
}

/** Root, and who runs this. A person's own group has nobody else in it; that of root may. */
export function trustedHere(): Trusted {
  const uid = process.getuid?.() ?? 0;
  return { uids: [0, uid], gid: uid === 0 ? undefined : process.getgid?.() };
}

/** As many links as the kernel follows. */
const MOST_LINKS = 40;

/**
 * The first folder or link, on the way from the root folder to a path and with that itself, that somebody else could change or put another one in
 * the place of; null: there is none. What is not there yet ends the way. In a folder such as /tmp each may only move what is theirs.
 */
export async function othersFolder(path: string, trusted: Trusted): Promise<string | null> {
  const open = path.split('/');
  let links = 0;
  for (let at = '/'; ; ) {
    const found = await lstat(at).catch(() => null);
    if (found === null) return null;
    if (!trusted.uids.includes(found.uid)) return at;
    if (found.isSymbolicLink()) {
      if (++links > MOST_LINKS) return at;
      const target = await readlink(at);
      open.unshift(...target.split('/'));
      at = target.startsWith('/') ? '/' : join(at, '..');
      continue;
    }
    const isSticky = (found.mode & 0o1000) !== 0;
    const isOpenToGroup = (found.mode & 0o020) !== 0 && found.gid !== trusted.gid;
    if (!isSticky && (isOpenToGroup || (found.mode & 0o002) !== 0)) return at;
    const next = open.shift();
    if (next === undefined) return null;
    at = join(at, next);
  }
}
