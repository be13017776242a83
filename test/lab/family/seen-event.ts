import { EventType, type MatrixEvent } from 'matrix-js-sdk';
import type { SeenEvent } from '../conversation.ts';

/** A matrix-js-sdk event as the Conversation takes it; decrypted when a key was there. */
export function seenEvent(event: MatrixEvent): SeenEvent {
  const failed = event.isDecryptionFailure();
  const redacts = event.event.redacts ?? (event.getContent().redacts as string | undefined);
  // The relation of an encrypted event stands outside the encryption.
  const relation = event.getWireContent()['m.relates_to'] as unknown;
  return {
    roomId: event.getRoomId()!,
    eventId: event.getId()!,
    sender: event.getSender() ?? '',
    type: event.getType(),
    content: { ...(relation === undefined ? {} : { 'm.relates_to': relation }), ...(failed ? {} : event.getContent()) },
    encrypted: event.getWireType() === EventType.RoomMessageEncrypted,
    at: event.getTs(),
    ...(redacts === undefined ? {} : { redacts }),
    ...(failed ? { undecryptable: String(event.decryptionFailureReason) } : {}),
  };
}
