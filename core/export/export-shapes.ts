import { z } from 'zod';
import { DOCUMENT_KINDS } from '../document.ts';
import { EXPORT_FORMAT } from './export-format.ts';

/**
 * What the files of an export may hold. Whoever has the password can make one that no Kinkeeper wrote, so that nothing is
 * taken for granted: no number, size or time that a household could not have, no field that nobody knows.
 */

/** Far more than anybody has; numbers count on from the highest. */
const MOST_NUMBER = 1_000_000;
const MOST_PIECES = 10_000;
/** The year 9999. */
const MOST_TIME = 253_402_300_799_999;
/** A Matrix id has 255 bytes at most; a room may stand with its thread. */
const id = z.string().min(1).max(600);
const name = z.string().max(2000);
/** A passage or a message; a Matrix event has 65 kB. */
const text = z.string().max(200_000);
const time = z.number().int().nonnegative().max(MOST_TIME);
const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const number = z.number().int().positive().max(MOST_NUMBER);
const piece = z.number().int().positive().max(MOST_PIECES);

const passage = z
  .strictObject({
    position: count.max(100 * MOST_NUMBER),
    page: name.nullable(),
    heading: text,
    ...{ start: count, end: count },
    text,
    language: z.string().max(40).optional(),
  })
  .refine(({ start, end }) => start <= end);

/** `documents/*.json`. */
export const documentShape = z
  .strictObject({
    ...{ number, name, kind: z.enum(DOCUMENT_KINDS) },
    ...{ bytes: count, pages: count, addedAt: time, passageCount: count },
    source: id,
    digest: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .nullable(),
    note: text,
    sources: z.array(z.strictObject({ source: id, addedAt: time, note: text, room: id.nullable() })).min(1),
    replacedBy: number.optional(),
    replacedAt: time.optional(),
    ...{ piece, pieces: piece },
    passages: z.array(passage),
  })
  .refine((one) => one.piece <= one.pieces && one.replacedBy !== one.number)
  .refine(({ replacedBy, replacedAt }) => (replacedBy === undefined) === (replacedAt === undefined))
  .refine(({ source, sources }) => sources.some((one) => one.source === source))
  .refine(({ sources }) => new Set(sources.map((one) => one.source)).size === sources.length)
  .refine(({ passages }) => passages.every(({ position }, at) => at === 0 || position > passages[at - 1]!.position));

/** `marked-answers.json`. */
export const answersShape = z.array(
  z.strictObject({
    ...{ event: id, question: text, answer: text, at: time, model: name.nullable() },
    passages: z.array(z.strictObject({ document: count, position: count })).max(1000),
  }),
);

/** `rooms.json`: what is in it is counted only, those rooms being another household's. */
export const roomsShape = z
  .array(z.object({ questions: z.array(z.unknown()).max(MOST_NUMBER), papers: z.array(z.unknown()).max(MOST_NUMBER) }))
  .max(MOST_PIECES);

/** `settings.json`. */
export const settingsShape = z.array(z.strictObject({ key: z.string().max(200), value: text })).max(1000);

/** `manifest.json` of the version that this product reads; asked after the version. */
export const manifestShape = z
  .strictObject({
    format: z.literal(EXPORT_FORMAT),
    version: count,
    export: id,
    person: id,
    madeAt: time,
    product: name,
    ...{ part: piece, parts: piece },
    files: z.array(z.strictObject({ name, bytes: count, sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
  })
  .refine(({ part, parts }) => part <= parts);
