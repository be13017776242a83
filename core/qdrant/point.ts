import type { Passage } from '../document.ts';
import { AppError } from '../errors.ts';
import { open, seal } from '../keys/seal.ts';
import type { PassageMark } from '../tenant.ts';
import type { SparseVector } from './keyed-words.ts';
import { keyedHash, type TenantKeys } from './tenant-keys.ts';

/** Changes when points are made differently: every stored point is then sent again. */
const FORMAT = 1;
/** Names of vectors and payload fields in a collection. */
export const WORDS = 'words';
export const DENSE = 'dense';
const SEALED = 's';
export const MARK = 'm';

/** A passage as Qdrant is given it. */
export interface Point {
  readonly id: string;
  readonly vector: Readonly<Record<string, SparseVector | number[]>>;
  readonly payload: Readonly<Record<string, string>>;
}

/** What a point has to be: its id, and a mark that differs as soon as it would be made differently. */
export interface PointPlan {
  readonly passage: number;
  readonly id: string;
  readonly mark: string;
  readonly isEmbedded: boolean;
}

/**
 * Plans a passage's point. The id is a keyed hash of document (the event that brought it) and position, in the form of a
 * UUID (version 8, RFC 9562): sent twice it is one point, and another document can never come to lie on it.
 */
export function planPoint(
  keys: TenantKeys,
  { passage, source, addedAt, position, isEmbedded }: PassageMark,
): PointPlan {
  const mark = keyedHash(keys.marks, FORMAT, source, addedAt, position, passage, String(isEmbedded));
  return {
    passage,
    id: uuid(keyedHash(keys.points, source, position)),
    mark: mark.toString('base64url', 0, 12),
    isEmbedded,
  };
}

/**
 * Makes the point of a plan. The text is sealed together with name, headings and place; tenant and id (and by it document
 * and position) and the format's version are authenticated, so that a sealed text cannot be moved to another point.
 */
export function makePoint(
  keys: TenantKeys,
  { id, mark }: Pick<PointPlan, 'id' | 'mark'>,
  content: {
    readonly tenant: string;
    readonly passage: Passage;
    readonly words: SparseVector;
    readonly dense: Float32Array | undefined;
  },
): Point {
  const { tenant, passage, words, dense } = content;
  const sealed = seal(keys.text, Buffer.from(JSON.stringify(passage), 'utf8'), context(tenant, id));
  return {
    id,
    vector: { [WORDS]: words, ...(dense && { [DENSE]: [...dense] }) },
    payload: { [SEALED]: Buffer.from(sealed).toString('base64'), [MARK]: mark },
  };
}

/** Opens what a point of this tenant holds. Throws AppError `internal` (reason `seal-broken`) when it is not what was stored there. */
export function openPoint(
  keys: TenantKeys,
  tenant: string,
  point: { readonly id: unknown; readonly payload?: unknown },
): Passage {
  const sealed = (point.payload as Record<string, unknown> | null | undefined)?.[SEALED];
  if (typeof point.id !== 'string' || typeof sealed !== 'string') {
    throw new AppError('internal', 'a point of the index holds no passage', { reason: 'seal-broken' });
  }
  const bytes = open(keys.text, Buffer.from(sealed, 'base64'), context(tenant, point.id));
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as Passage;
}

function context(tenant: string, id: string) {
  return { label: `passage/${FORMAT}`, id: `${tenant}/${id}` };
}

function uuid(hash: Buffer): string {
  const bytes = Buffer.from(hash.subarray(0, 16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
