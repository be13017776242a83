import { type Device, type OlmMachine, UserId } from '@matrix-org/matrix-sdk-crypto-wasm';
import { AppError } from '../../core/errors.ts';
import type { KeylessDevices } from './keyless-devices.ts';

/** True when the person has at least one device that their own identity signed, as far as the last key query says. */
export async function hasSignedDevice(machine: OlmMachine, person: string): Promise<boolean> {
  return (await devicesOf(machine, person)).some(isReader);
}

/** Throws AppError `unavailable` (reason `no-signed-device`) when none of these people has a device that could read a message. */
export async function requireReader(machine: OlmMachine, people: readonly string[]): Promise<void> {
  for (const person of people) if (await hasSignedDevice(machine, person)) return;
  throw new AppError('unavailable', 'Nobody in the room has a signed device that could read this message.', {
    reason: 'no-signed-device',
    facts: { person: people[0] ?? '' },
  });
}

/**
 * A message whose key reaches nobody now would stay unreadable for ever: it waits until one of their devices was heard of. Throws AppError
 * `unavailable` (reason `no-device-reached`) then.
 */
export async function requireReachable(
  machine: OlmMachine,
  people: readonly string[],
  keyless: KeylessDevices,
): Promise<void> {
  for (const person of people) {
    const isReached = (device: Device) => isReader(device) && !keyless.has(person, device.deviceId.toString());
    if ((await devicesOf(machine, person)).some(isReached)) return;
  }
  throw new AppError('unavailable', 'No device of anybody in the room can be reached before it was heard of.', {
    reason: 'no-device-reached',
  });
}

async function devicesOf(machine: OlmMachine, person: string): Promise<Device[]> {
  return (await machine.getUserDevices(new UserId(person))).devices();
}

function isReader(device: Device): boolean {
  return device.isCrossSignedByOwner() && !device.isDehydrated;
}
