import { readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import type { AuditLog } from '../audit.ts';
import { writeDurably } from './durable-write.ts';

/**
 * Who says that they stand at the shell, as `kinkeeper unlock` tells it: the account's number, and with sudo whose it was
 * before. Nothing can check it (socket-owner.ts); the mode of the socket lets in the service's own account and root alone.
 */
export interface AtShell {
  readonly uid: number;
  readonly sudoUid?: number | undefined;
}

const kept = z.object({ count: z.int().positive(), firstAt: z.number(), lastAt: z.number(), by: z.string() });
type Wrong = z.infer<typeof kept>;

/**
 * What was tried at one unlock socket, for the audit trail, which is sealed itself until somebody succeeds. Wrong tries are
 * counted in a small file, so that ending the process forgets none, and become one row however many there were. Made by bot
 * and ops when they start sealed.
 */
export class UnlockRecord {
  readonly #path: string;
  #by: string | undefined;

  /** `path`: of the file of counts, beside the socket. */
  constructor(path: string) {
    this.#path = path;
  }

  /** A wrong passphrase. Called by the socket, at most once in a second. */
  refused(who: AtShell | undefined, at: number): void {
    const before = this.#wrong();
    const now: Wrong = { count: (before?.count ?? 0) + 1, firstAt: before?.firstAt ?? at, lastAt: at, by: nameOf(who) };
    try {
      writeDurably(this.#path, JSON.stringify(now), { exclusive: false });
    } catch {
      // A full disk must not keep the admin from unlocking, which is how it comes to be mended.
    }
  }

  /** The right passphrase. */
  unlocked(who: AtShell | undefined): void {
    this.#by = nameOf(who);
  }

  /**
   * Writes what there is into the opened trail: one row for all wrong tries since the last time, one for the right one.
   * `process`: whose socket it was. Called at every start, also without a socket: an earlier one may have ended sealed.
   */
  writeTo(audit: AuditLog, process: 'bot' | 'ops', at: number): void {
    const wrong = this.#wrong();
    if (wrong !== undefined) {
      const target = `${process}, ${wrong.count} since ${new Date(wrong.firstAt).toISOString()}`;
      audit.append({ at: wrong.lastAt, actor: wrong.by, action: 'keys.unlock', target, outcome: 'refused' });
    }
    if (this.#by !== undefined)
      audit.append({ at, actor: this.#by, action: 'keys.unlock', target: process, outcome: 'done' });
    rmSync(this.#path, { force: true });
    this.#by = undefined;
  }

  #wrong(): Wrong | undefined {
    try {
      return kept.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
    } catch {
      return undefined;
    }
  }
}

function nameOf(who: AtShell | undefined): string {
  if (who === undefined) return 'shell';
  return who.sudoUid === undefined ? `shell uid ${who.uid}` : `shell uid ${who.uid} (sudo from ${who.sudoUid})`;
}
