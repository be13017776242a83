import { z } from 'zod';
import { AppError } from '../../../core/errors.ts';

/** Name of the first entry of an archive, which says what it is. */
export const HEAD_ENTRY = 'kinkeeper.json';
/** Name of the last entry, which names every other one with its size and hash: an archive without it is not whole. */
export const MANIFEST_ENTRY = 'manifest.json';

const count = z.int().min(0);
const hash = z.string().regex(/^[0-9a-f]{64}$/);

const headShape = z.object({
  format: z.literal(1),
  /** Version of the product that made it. */
  version: z.string(),
  madeAt: z.number(),
  people: count,
  tenants: z.array(z.object({ tenant: z.string().regex(/^[0-9a-f]{32}$/), documents: count, passages: count })),
  /** Where the audit trail stood (core/audit-anchor.ts). */
  auditAnchor: z.object({ rows: count, hash, at: count }),
  homeserver: z.enum(['none', 'sqlite', 'postgres']),
});

/** Why something is not in an archive that may have been meant to be: it is not there, a link, or no file (a pipe, a device). */
const leftOut = z.object({ name: z.string(), why: z.enum(['missing', 'link', 'no-file']) });

const manifestShape = z.object({
  format: z.literal(1),
  files: z.array(z.object({ name: z.string(), bytes: count, sha256: hash })),
  /** Not said by archives of before. */
  leftOut: z.array(leftOut).default([]),
});

/** What an archive says about itself at its beginning. Times in milliseconds since 1970. */
export type ArchiveHead = z.infer<typeof headShape>;

/** Every entry but the manifest itself, in the order of the archive. */
export type Manifest = z.infer<typeof manifestShape>;

/** Something that is not in an archive, by the name that it would have there (a pattern for several). */
export type LeftOut = z.infer<typeof leftOut>;

/** Reads the first entry of an archive. Throws AppError `invalid` (reason `backup-damaged`, or `backup-newer`). */
export function readHead(text: string): ArchiveHead {
  return read(text, headShape);
}

/** Reads the last entry of an archive. Throws AppError as `readHead`. */
export function readManifest(text: string): Manifest {
  return read(text, manifestShape);
}

/** The error of an archive that is not as it was written; `problem` says what does not fit, never anything of its content. */
export function backupDamaged(problem: string, cause?: unknown): AppError {
  return new AppError('invalid', `this backup is damaged: ${problem}`, {
    reason: 'backup-damaged',
    hint: 'Nothing was taken from it. Use another copy of this generation, or another generation.',
    facts: { problem },
    cause,
  });
}

function read<T>(text: string, shape: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw backupDamaged('its list of contents cannot be read', cause);
  }
  const format = (value as { format?: unknown } | null)?.format;
  if (typeof format === 'number' && format > 1) {
    throw new AppError('invalid', 'this backup was made by a newer Kinkeeper', {
      reason: 'backup-newer',
      hint: 'Restore it with the version that made it, or a later one.',
    });
  }
  const parsed = shape.safeParse(value);
  if (!parsed.success) throw backupDamaged('its list of contents has another form than ours');
  return parsed.data;
}
