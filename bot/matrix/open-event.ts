import {
  DecryptionErrorCode,
  DecryptionSettings,
  MegolmDecryptionError,
  type OlmMachine,
  RoomId,
  ShieldStateCode,
  TrustRequirement,
} from '@matrix-org/matrix-sdk-crypto-wasm';
import { checkpoint } from './checkpoint.ts';
import type { MatrixEvent } from './events.ts';
import { isSignedNow } from './identity-of.ts';

/**
 * What decrypting gave.
 * - `no-key`: the room key has not come (yet).
 * - `untrusted`: the key is there, but the sending device is not signed by its owner, or not the owner's at all.
 *   `identity-changed`: the homeserver shows another identity for the sender than the one that they are known by.
 */
export type Decrypted =
  | { readonly kind: 'ok'; readonly type: string; readonly content: Record<string, unknown> }
  | { readonly kind: 'no-key' }
  | { readonly kind: 'untrusted'; readonly why: 'unsigned' | 'mismatch' | 'identity-changed' };

interface Sealed {
  readonly event: MatrixEvent;
  readonly room: string;
  /** The bot's own account. */
  readonly own: string;
}

/**
 * Decrypts a room event and judges the device that sent it, by what is known of it now. Called by CryptoMachine, which also looks at the
 * sender's identity.
 */
export async function openEvent(machine: OlmMachine, { event, room, own }: Sealed): Promise<Decrypted> {
  try {
    const settings = new DecryptionSettings(TrustRequirement.CrossSigned);
    const decrypted = await machine.decryptRoomEvent(JSON.stringify(event), new RoomId(room), settings);
    const refused = refusedBy(decrypted.shieldState(false).code);
    if (refused) return { kind: 'untrusted', why: refused };
    // The library judges a room key by what was true when it came: the identity may have been another one then.
    const isOwn = event.sender === own;
    if (!isOwn && !(await isSignedNow(machine, event.sender, decrypted))) return { kind: 'untrusted', why: 'unsigned' };
    const inner = JSON.parse(decrypted.event) as { type: string; content: Record<string, unknown> };
    checkpoint('event-decrypted');
    return { kind: 'ok', type: inner.type, content: inner.content };
  } catch (error) {
    if (!(error instanceof MegolmDecryptionError)) throw error;
    switch (error.code) {
      case DecryptionErrorCode.UnsignedSenderDevice:
      case DecryptionErrorCode.UnknownSenderDevice:
      case DecryptionErrorCode.SenderIdentityVerificationViolation:
        return { kind: 'untrusted', why: 'unsigned' };
      case DecryptionErrorCode.MismatchedIdentityKeys:
      case DecryptionErrorCode.MismatchedSender:
        return { kind: 'untrusted', why: 'mismatch' };
      default:
        return { kind: 'no-key' };
    }
  }
}

function refusedBy(code: ShieldStateCode | undefined): 'unsigned' | 'mismatch' | undefined {
  switch (code) {
    case undefined:
    case ShieldStateCode.UnverifiedIdentity:
      return undefined;
    case ShieldStateCode.MismatchedSender:
      return 'mismatch';
    default:
      return 'unsigned';
  }
}
