import { randomBytes } from 'node:crypto';

/** Where a copy of a generation lies: `local`, or the name of a remote in the settings. */
export type BackupPlace = string;

/** The folder of the settings, on this machine. */
export const LOCAL_PLACE: BackupPlace = 'local';

/** A copy of a generation. */
export interface BackupCopy {
  readonly place: BackupPlace;
  /** When it was read back there and compared bit by bit; 0: never by us, it was found there. */
  readonly verifiedAt: number;
}

/** What a restore into a scratch place showed: counts and sizes only. */
export type BackupProof = Readonly<Record<string, number | string>>;

/**
 * One backup generation: a single archive `<name>.tar.zst.gpg` that holds everything as it was at `madeAt`. Times in
 * milliseconds since 1970, sizes in bytes.
 */
export interface Generation {
  /** `kin-20261130T031500Z-1a2b3c`: when it was made (UTC) and six random digits; says nothing about people. */
  readonly name: string;
  /** The moment at which all stores were frozen together. */
  readonly madeAt: number;
  /** Size and SHA-256 (hex) of the sealed archive. The hash is '' for one that was found at a remote and not read yet. */
  readonly bytes: number;
  readonly sha256: string;
  /** What is in it, before compression; 0 for one that was found and not opened yet. */
  readonly plainBytes: number;
  readonly entries: number;
  /** Copies that are there, as far as is known. */
  readonly copies: readonly BackupCopy[];
  /** When it was restored and answered its questions; null: not yet, so it does not count as a backup. */
  readonly provenAt: number | null;
  readonly proof: BackupProof;
}

/** Whether any copy of it was read back and compared: a name that merely stands in somebody's list is no backup to count on. */
export function isVerified({ copies }: Pick<Generation, 'copies'>): boolean {
  return copies.some(({ verifiedAt }) => verifiedAt > 0);
}

/** The same of its copy at one place. */
export function isVerifiedAt({ copies }: Pick<Generation, 'copies'>, place: BackupPlace): boolean {
  return copies.some((copy) => copy.place === place && copy.verifiedAt > 0);
}

/** Name of the archive of a generation, wherever it lies. */
export function archiveName(generation: string): string {
  return `${generation}.tar.zst.gpg`;
}

const ARCHIVE = /^(kin-(\d{8}T\d{6}Z)-[0-9a-f]{6})\.tar\.zst\.gpg$/;

/** The generation that a file belongs to; undefined for files that are none of ours. */
export function generationOf(file: string): string | undefined {
  return ARCHIVE.exec(file)?.[1];
}

/** A new name for a generation that was made at a moment in milliseconds: `kin-20261130T031500Z-1a2b3c`. */
export function nameAt(at: number): string {
  const stamp = new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, '');
  return `kin-${stamp}-${randomBytes(3).toString('hex')}`;
}

/** When a generation says that it was made, from its name (milliseconds); undefined for a name that is none of ours. */
export function madeAtOf(generation: string): number | undefined {
  const stamp = ARCHIVE.exec(archiveName(generation))?.[2];
  if (stamp === undefined) return undefined;
  const [, date, time] = /^(\d{8})T(\d{6})Z$/.exec(stamp)!;
  const iso = `${date!.replace(/(....)(..)(..)/, '$1-$2-$3')}T${time!.replace(/(..)(..)(..)/, '$1:$2:$3')}Z`;
  const at = Date.parse(iso);
  return Number.isNaN(at) ? undefined : at;
}

/** The backups that this household made. Implemented by core/sqlite in control.db; used by the jobs of ops, and by `!backups`. */
export interface Generations {
  /** Newest first; without those that are removed everywhere. */
  all(): Generation[];
  find(name: string): Generation | undefined;
  /** Adds one that was written and verified. `sessionKey` (32 bytes) opens this archive alone; it is kept until this generation or a newer one is proven, or no copy is left. */
  add(made: Omit<Generation, 'provenAt' | 'proof' | 'copies'>, sessionKey: Uint8Array): void;
  /** Adds one that was found at some place and that the records do not know, or only without its hash. There is no session key for it. */
  adopt(found: Pick<Generation, 'name' | 'madeAt' | 'bytes' | 'sha256'>): void;
  /**
   * What a place lists now, in place of what was known of it from its lists alone; what was verified there is not touched. One that is known with
   * another size is none of ours. Returns how many were not known at all.
   */
  noteListed(place: BackupPlace, listed: readonly Pick<Generation, 'name' | 'madeAt' | 'bytes'>[]): number;
  /** Forgets what is only known from lists of other places than these: nobody asks them any more. */
  forgetListed(places: readonly BackupPlace[]): void;
  /** The key that opens this archive alone, to be wiped by who asked; undefined once it, or a newer one, was proven, no copy is left, or it was never made here. */
  sessionKey(name: string): Uint8Array | undefined;
  /** A copy was verified there, or is gone from there. */
  noteCopy(name: string, copy: BackupCopy): void;
  dropCopy(name: string, place: BackupPlace): void;
  /** It was restored and answered: from now on it counts, and its session key and those of older ones are destroyed. */
  markProven(name: string, at: number, proof: BackupProof): void;
}
