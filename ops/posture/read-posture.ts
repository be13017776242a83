import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Facts } from '../../core/control.ts';
import { HOST_STALE_MS } from '../../core/host-stale.ts';
import type { UnknownWhy } from '../../core/posture.ts';
import { type Posture, postureShape, signedPosture } from './posture-shape.ts';

/** The fact that holds by which key the host's posture was signed the first time (SHA-256 of the public key). */
const KNOWN_KEY = 'posture-key';
/** Largest file that is read. */
const MOST_BYTES = 16 * 1024 * 1024;
/** Clocks of one machine do not differ; this is for one that was set meanwhile. */
const AHEAD_MS = 5 * 60_000;

export interface ReadPostureOptions {
  /** undefined: this household has no host helper. */
  readonly spoolDir: string | undefined;
  readonly facts: Pick<Facts, 'get' | 'set'>;
  readonly now: number;
  /** From now on the key that lies there counts, though it is another one than before: an admin said so at the shell. */
  readonly trustKey?: boolean;
}

/** What the host helper last saw; or why it says nothing of now. `at` where it is too old, or says that it comes from the future. */
export type SeenHost = { readonly posture: Posture } | { readonly why: UnknownWhy; readonly at?: number };

/**
 * Reads posture.json, believes it only when it is signed by the key of this host's helper, and only while it is fresh. The key of
 * the first time is remembered: who replaces both file and key in the spool is noticed.
 */
export async function readPosture({ spoolDir, facts, now, trustKey }: ReadPostureOptions): Promise<SeenHost> {
  if (spoolDir === undefined) return { why: 'no-helper' };
  const [file, pem] = await Promise.all([
    textIn(join(spoolDir, 'posture.json')),
    textIn(join(spoolDir, 'posture.pub')),
  ]);
  if (file === undefined || pem === undefined) return { why: 'no-posture' };
  const key = keyIn(pem);
  const payload = key && verified(file, key);
  if (key === undefined || payload === undefined) return { why: 'unsigned' };
  const name = nameOf(key);
  const known = facts.get(KNOWN_KEY);
  if (known !== undefined && known !== name && !trustKey) return { why: 'other-key' };
  if (known !== name) facts.set(KNOWN_KEY, name);
  const read = postureShape.safeParse(parsed(payload.toString('utf8')));
  if (!read.success) return { why: 'unclear' };
  const { at } = read.data;
  if (at > now + AHEAD_MS) return { why: 'ahead', at };
  if (now - at > HOST_STALE_MS) return { why: 'old', at };
  return { posture: read.data };
}

/** What was signed; undefined when the signature is not of this key. */
function verified(file: string, key: KeyObject): Buffer | undefined {
  const read = signedPosture.safeParse(parsed(file));
  if (!read.success) return undefined;
  const payload = Buffer.from(read.data.payload, 'base64');
  const signature = Buffer.from(read.data.signature, 'base64');
  return verify(null, payload, key, signature) ? payload : undefined;
}

function keyIn(pem: string): KeyObject | undefined {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

function nameOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/** undefined when it cannot be read, or is larger than anything of the helper's. */
async function textIn(path: string): Promise<string | undefined> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    return size > MOST_BYTES ? undefined : await file.readFile('utf8');
  } catch {
    return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
