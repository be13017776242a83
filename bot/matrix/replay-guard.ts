import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { type MatrixEvent, stringField } from './events.ts';

/** A Megolm message ends with an Ed25519 signature of this size; the rest is fixed by its MAC (https://spec.matrix.org/v1.16/olm-megolm/megolm/#message-format). */
const SIGNATURE_BYTES = 64;
const FINGERPRINT_BYTES = 16;

/**
 * Remembers which event each encrypted message came as. Nothing in the encryption binds a message to its event, so a
 * homeserver could show an old one again under a new event id, and it would be read, kept or answered once more.
 * Never pruned: old room keys stay in the crypto store too. 16 bytes and an event id a message.
 */
export class ReplayGuard {
  #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** True for a message that never came before, and for the same event again (a repeat after a crash). */
  admit({ event_id: event, content }: MatrixEvent): boolean {
    const message = Buffer.from(stringField(content, 'ciphertext') ?? '', 'base64');
    const signed = message.subarray(0, Math.max(0, message.length - SIGNATURE_BYTES));
    const fingerprint = createHash('sha256')
      .update(stringField(content, 'session_id') ?? '')
      .update('\0')
      .update(signed)
      .digest()
      .subarray(0, FINGERPRINT_BYTES);
    this.#db
      .prepare('INSERT OR IGNORE INTO seen_messages (fingerprint, event_id) VALUES (?, ?)')
      .run(fingerprint, event);
    return (
      this.#db.prepare('SELECT event_id FROM seen_messages WHERE fingerprint = ?').pluck().get(fingerprint) === event
    );
  }
}
