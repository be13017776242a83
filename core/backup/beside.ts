import { randomBytes } from 'node:crypto';

/** What is sent beside the generations: the list of what was erased, and evidence of incidents. */
export type BesideKind = 'erased' | 'evidence';

/** What such a file says by its name: which kind it is, and when it was made (milliseconds). */
export interface Beside {
  readonly name: string;
  readonly kind: BesideKind;
  readonly madeAt: number;
}

const BESIDE = /^(kin-(erased|evidence)-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[0-9a-f]{6})\.tar\.zst\.gpg$/;

/** A new name: `kin-erased-20261130T031500Z-1a2b3c`, with the UTC of `at` (milliseconds). It says nothing about people, and nobody takes it for a generation. */
export function besideName(kind: BesideKind, at: number): string {
  const stamp = new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, '');
  return `kin-${kind}-${stamp}-${randomBytes(3).toString('hex')}`;
}

/** What a file is that lies where backups do; undefined for generations, and for files that are none of ours. */
export function besideOf(file: string): Beside | undefined {
  const [, name, kind, year, month, day, hour, minute, second] = BESIDE.exec(file) ?? [];
  if (name === undefined) return undefined;
  const madeAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(madeAt) ? undefined : { name, kind: kind as BesideKind, madeAt };
}

/** Those of one kind among files, newest first by their names. */
export function besideAmong<T extends { readonly name: string }>(files: readonly T[], kind: BesideKind): T[] {
  return files
    .filter(({ name }) => besideOf(name)?.kind === kind)
    .toSorted((one, other) => (one.name < other.name ? 1 : -1));
}
