import { DeviceId, type OlmMachine, UserId } from '@matrix-org/matrix-sdk-crypto-wasm';
import { AppError } from '../../core/errors.ts';
import type { CryptoRequest } from './crypto-requests.ts';
import type { Session } from './homeserver.ts';
import type { CrossSigningSecrets } from './secret-storage.ts';

/** How a new device is made part of an identity: `perform` sends a request of the machine and feeds it the answer. */
interface Joining {
  readonly machine: OlmMachine;
  readonly session: Session;
  readonly perform: (request: CryptoRequest) => Promise<void>;
}

/**
 * Makes a device without an identity part of the one that the homeserver shows for the bot's account, with the private keys that
 * were kept of it. False when the homeserver shows none: then one is to be made. Throws AppError `conflict` (reason
 * `identity-unknown`) when it shows one and `kept` is missing, or is of another.
 */
export async function joinOwnIdentity(joining: Joining, kept: CrossSigningSecrets | undefined): Promise<boolean> {
  const { machine, session, perform } = joining;
  const own = () => new UserId(session.userId);
  await perform(machine.queryKeysForUsers([own()]) as CryptoRequest);
  if ((await machine.getIdentity(own())) === undefined) return false;
  if (kept === undefined) throw identityUnknown();
  await importKeys(machine, kept);
  const device = await machine.getDevice(own(), new DeviceId(session.deviceId));
  if (device === undefined) throw new Error('the homeserver does not show the device that was just uploaded');
  await perform((await device.verify()) as unknown as CryptoRequest);
  await perform(machine.queryKeysForUsers([own()]) as CryptoRequest);
  return true;
}

/** The private keys of the bot's identity, as far as the crypto store has all three. */
export async function exportedKeys(machine: OlmMachine): Promise<CrossSigningSecrets | undefined> {
  const keys = await machine.exportCrossSigningKeys();
  if (!keys?.masterKey || !keys.self_signing_key || !keys.userSigningKey) return undefined;
  return {
    'm.cross_signing.master': keys.masterKey,
    'm.cross_signing.self_signing': keys.self_signing_key,
    'm.cross_signing.user_signing': keys.userSigningKey,
  };
}

async function importKeys(machine: OlmMachine, kept: CrossSigningSecrets): Promise<void> {
  let status: { hasMaster: boolean; hasSelfSigning: boolean; hasUserSigning: boolean };
  try {
    status = await machine.importCrossSigningKeys(
      kept['m.cross_signing.master'],
      kept['m.cross_signing.self_signing'],
      kept['m.cross_signing.user_signing'],
    );
  } catch (cause) {
    throw identityUnknown(cause);
  }
  if (!status.hasMaster || !status.hasSelfSigning) throw identityUnknown();
}

function identityUnknown(cause?: unknown): AppError {
  return new AppError(
    'conflict',
    'The bot’s account has a cross-signing identity whose keys are not in this state folder.',
    {
      reason: 'identity-unknown',
      hint: 'Write the bot’s recovery key (shown once in the ops room at the first start) into a file named recovery-key in the state folder, mode 600, and start again: it is used once and removed. Without it, reset the identity of the account (its password is needed) or use a fresh account.',
      cause,
    },
  );
}
