import { createHmac } from 'node:crypto';
import { deriveKey } from '../keys/derive.ts';
import { wipe } from '../keys/wipe.ts';

/** The keys of what one tenant keeps in Qdrant, 32 bytes each; made from `OpenState.indexSecret`, one per purpose. */
export interface TenantKeys {
  /** Names of collections. */
  readonly collection: Uint8Array;
  /** Ids of points. */
  readonly points: Uint8Array;
  /** Marks that tell whether a point is as it should be. */
  readonly marks: Uint8Array;
  /** Seals passages. */
  readonly text: Uint8Array;
  /** Turns grams into numbers. */
  readonly words: Uint8Array;
  /** Seeds the rotation of dense vectors. */
  readonly rotation: Uint8Array;
}

/** Derives all keys and wipes the secret. Used by the Qdrant index when it first meets a tenant. */
export function tenantKeys(secret: Uint8Array): TenantKeys {
  const key = (purpose: keyof TenantKeys) => deriveKey(secret, `passage-index/${purpose}`);
  const keys = {
    collection: key('collection'),
    points: key('points'),
    marks: key('marks'),
    text: key('text'),
    words: key('words'),
    rotation: key('rotation'),
  };
  wipe(secret);
  return keys;
}

/** HMAC-SHA256 over the parts, each preceded by its length so that none can be shifted into the next. */
export function keyedHash(key: Uint8Array, ...parts: readonly (string | number)[]): Buffer {
  const hash = createHmac('sha256', key);
  for (const part of parts) {
    const bytes = Buffer.from(String(part), 'utf8');
    hash.update(`${bytes.length}:`).update(bytes);
  }
  return hash.digest();
}
