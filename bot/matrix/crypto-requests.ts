import { type OlmMachine, RequestType } from '@matrix-org/matrix-sdk-crypto-wasm';
import type { Homeserver } from './homeserver.ts';

/** What all request objects of the crypto library have in common; which fields are there depends on `type`. */
export interface CryptoRequest {
  readonly id?: string | undefined;
  readonly type: RequestType;
  readonly body: string;
  readonly event_type?: string;
  readonly txn_id?: string;
  readonly room_id?: string;
}

/** Sends a room event for the library (in-room verification); the caller encrypts it where the room is encrypted. */
export type SendRoomEvent = (
  room: string,
  type: string,
  message: { transaction: string; content: Record<string, unknown> },
) => Promise<string>;

/** Performs one request that the crypto machine asked for, tells it the answer, and returns that. Throws HomeserverError when the server refuses. */
export async function performCryptoRequest(
  machine: OlmMachine,
  request: CryptoRequest,
  via: { homeserver: Homeserver; sendRoomEvent: SendRoomEvent },
): Promise<object> {
  const answer = await perform(request, via);
  if (request.id) await machine.markRequestAsSent(request.id, request.type, JSON.stringify(answer));
  return answer;
}

async function perform(
  request: CryptoRequest,
  via: { homeserver: Homeserver; sendRoomEvent: SendRoomEvent },
): Promise<object> {
  const body = JSON.parse(request.body) as Record<string, unknown>;
  switch (request.type) {
    case RequestType.KeysUpload:
      return via.homeserver.call('POST', '/client/v3/keys/upload', { body });
    case RequestType.KeysQuery:
      return via.homeserver.call('POST', '/client/v3/keys/query', { body });
    case RequestType.KeysClaim:
      return via.homeserver.call('POST', '/client/v3/keys/claim', { body });
    case RequestType.ToDevice: {
      const path = `/client/v3/sendToDevice/${encodeURIComponent(request.event_type ?? '')}/${encodeURIComponent(request.txn_id ?? '')}`;
      return via.homeserver.call('PUT', path, { body });
    }
    case RequestType.SignatureUpload:
      return via.homeserver.call('POST', '/client/v3/keys/signatures/upload', { body });
    case RequestType.RoomMessage: {
      const event = await via.sendRoomEvent(request.room_id ?? '', request.event_type ?? '', {
        transaction: request.txn_id ?? '',
        content: body,
      });
      return { event_id: event };
    }
    default:
      // Key backup is not used: the bot's room keys die with its device, on purpose.
      return {};
  }
}
