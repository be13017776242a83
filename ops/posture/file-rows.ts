import { linesOf, Unclear } from './line.ts';

/** A file as `find -printf '%y|%m|%U|%p'` tells it. */
export interface FileRow {
  /** f: a file, d: a folder, l: a link, anything else as find has it. */
  readonly kind: string;
  readonly mode: string;
  readonly uid: number;
  readonly path: string;
}

/** Files of a probe. Throws `Unclear` for a line that is none. */
export function fileRows(text: string): FileRow[] {
  return linesOf(text).map((line) => {
    const [, kind, mode, uid, path] = /^(\S)\|([0-7]{1,4})\|(\d+)\|(.+)$/.exec(line) ?? [];
    if (path === undefined) throw new Unclear('find');
    return { kind: kind!, mode: mode!, uid: Number(uid), path };
  });
}

/** Neither group nor others can do anything with it. */
export function isForOwnerOnly({ mode }: FileRow): boolean {
  return (Number.parseInt(mode, 8) & 0o077) === 0;
}

/** Nobody but its owner can change it. */
export function isKept({ kind, mode }: FileRow): boolean {
  return kind === 'l' || (Number.parseInt(mode, 8) & 0o022) === 0;
}
