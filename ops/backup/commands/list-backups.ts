import type { Generation } from '../../../core/backup/generation.ts';
import { minute } from '../../minute.ts';
import { showBytes } from './show-bytes.ts';

/** A backup as `kinkeeper backup list --json` tells it. Times in milliseconds since 1970, sizes in bytes. */
export interface ListedBackup {
  readonly name: string;
  readonly madeAt: number;
  readonly bytes: number;
  readonly provenAt: number | null;
  readonly places: readonly string[];
}

/** The backups that this household knows of, newest first. */
export function listBackups(generations: readonly Generation[]): ListedBackup[] {
  return generations.map(({ name, madeAt, bytes, provenAt, copies }) => {
    return { name, madeAt, bytes, provenAt, places: copies.map(({ place }) => place) };
  });
}

/** The list for the terminal. */
export function listedLines(backups: readonly ListedBackup[]): string {
  if (backups.length === 0) return 'There is no backup yet. `kinkeeper backup now` makes one.';
  const lines = backups.map(({ name, bytes, provenAt, places }) => {
    const proven = provenAt === null ? 'not proven yet' : `proven ${minute(provenAt)}`;
    return `${name}  ${showBytes(bytes).padStart(9)}  ${proven.padEnd(23)}  ${places.join(', ')}`;
  });
  return lines.join('\n');
}
