import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { BackupGeneration } from './backup-generations.ts';
import type { EraseCounts, ErasureCause, ErasureKind } from './erasure.ts';

const BEGIN = '-----BEGIN KINKEEPER RECEIPT-----';
const END = '-----END KINKEEPER RECEIPT-----';
const LINE_LENGTH = 64;

/** What stays behind and why; each has its wording. */
export type Remains =
  | 'audit'
  | 'audit-named'
  | 'settings'
  | 'in-rooms'
  | 'own-messages'
  | 'bot-messages'
  | 'bot-media'
  | 'chat-address'
  | 'shared-rooms'
  | 'room-papers'
  | 'unread-rooms'
  | 'room-answers'
  | 'others-chats'
  | 'ops-messages';

/** What a receipt says. It names nobody: `subject` is a keyed mark that only this installation can compare. */
export interface Receipt {
  readonly version: 1;
  readonly reference: string;
  readonly subject: string;
  readonly kind: ErasureKind;
  readonly cause: ErasureCause;
  /** Milliseconds since 1970. */
  readonly askedAt: number;
  readonly erasedAt: number;
  /** What there was. */
  readonly before: EraseCounts;
  /** What was found of it afterwards, by reading the raw stores; all zero. */
  readonly after: EraseCounts;
  readonly remains: readonly Remains[];
  /** Backups that may still hold it, sealed, and until when. */
  readonly backups: readonly BackupGeneration[];
}

/** The receipt as people get it: a block that survives copying, signed with Ed25519 (RFC 8032). */
export function signReceipt(receipt: Receipt, key: KeyObject): string {
  const body = Buffer.from(JSON.stringify(receipt));
  const signature = sign(null, body, key);
  return [BEGIN, ...wrapped(body.toString('base64')), `=${signature.toString('base64')}`, END].join('\n');
}

/**
 * Reads a receipt out of a text that holds one (a saved message) and checks its signature. Throws AppError `invalid`
 * (reasons `receipt-missing`, `receipt-forged`).
 */
export function verifyReceipt(text: string, key: KeyObject): Receipt {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END, begin);
  const [body64 = '', signature64 = ''] =
    begin < 0 || end < 0 ? [] : text.slice(begin + BEGIN.length, end).split(/\n\s*=/);
  if (body64.trim() === '' || signature64.trim() === '') {
    throw new AppError('invalid', 'there is no whole receipt in this text', {
      reason: 'receipt-missing',
      hint: `Save the message with everything from ${BEGIN} to ${END}.`,
    });
  }
  const body = Buffer.from(body64, 'base64');
  if (!verify(null, body, key, Buffer.from(signature64, 'base64'))) {
    throw new AppError('invalid', 'this receipt was not signed by this installation, or was changed', {
      reason: 'receipt-forged',
      hint: 'Compare the public key (`kinkeeper receipt key`) with the one of the installation that made it.',
    });
  }
  return JSON.parse(body.toString('utf8')) as Receipt;
}

/** The key that verifies receipts, as a line to publish: base64 of its 32 bytes. */
export function publicKeyText(key: KeyObject): string {
  return Buffer.from(String(key.export({ format: 'jwk' }).x), 'base64url').toString('base64');
}

/** The key of such a line. Throws AppError `invalid` (reason `receipt-key`) for anything else. */
export function publicKeyOf(text: string): KeyObject {
  const x = Buffer.from(text, 'base64');
  if (x.length === 32)
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: x.toString('base64url') }, format: 'jwk' });
  throw new AppError('invalid', 'this is not a public key of receipts', {
    reason: 'receipt-key',
    hint: 'It is the line that `kinkeeper receipt key` prints: 44 letters that end in "=".',
  });
}

function wrapped(text: string): string[] {
  return text.match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g')) ?? [];
}
