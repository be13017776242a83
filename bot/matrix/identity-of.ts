import {
  type DecryptedRoomEvent,
  type OlmMachine,
  type OtherUserIdentity,
  UserId,
} from '@matrix-org/matrix-sdk-crypto-wasm';
import type { CryptoRequest } from './crypto-requests.ts';

/** The public master key (ed25519, unpadded base64) that names an identity; the library hands it out as JSON. */
export function masterKeyOf(identity: OtherUserIdentity): string {
  const { keys } = JSON.parse(identity.masterKey) as { keys: Record<string, string> };
  return Object.values(keys)[0]!;
}

/** Whether the device that a message's room key came from is the sender's now, and signed by their identity of now. */
export async function isSignedNow(machine: OlmMachine, sender: string, message: DecryptedRoomEvent): Promise<boolean> {
  const { senderDevice, senderCurve25519Key } = message;
  if (!senderDevice) return false;
  const device = await machine.getDevice(new UserId(sender), senderDevice);
  return device?.curve25519Key?.toBase64() === senderCurve25519Key && device.isCrossSignedByOwner();
}

/** The people whose keys a query asks for. */
export function peopleIn(query: CryptoRequest): string[] {
  const { device_keys: people = {} } = JSON.parse(query.body) as { device_keys?: Record<string, unknown> };
  return Object.keys(people);
}
