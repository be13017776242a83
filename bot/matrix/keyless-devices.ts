/** What a claim of one-time keys asks for and what comes back, by person and device (`POST /keys/claim`). */
type Claimed = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * The devices for which the homeserver had no key to begin an encryption with: nothing can reach them before they were heard of. After a
 * restore that is every device without a fallback key, until it has uploaded new ones (ops/restore/restore-database.ts). Kept by the crypto
 * machine; a new start asks anew.
 */
export class KeylessDevices {
  readonly #devices = new Set<string>();

  /** The answer to a claim has come. */
  note(asked: Claimed, given: Claimed): void {
    for (const [person, devices] of Object.entries(asked))
      for (const device of Object.keys(devices)) {
        if (given[person]?.[device] === undefined) this.#devices.add(nameOf(person, device));
        else this.#devices.delete(nameOf(person, device));
      }
  }

  /** Whoever has sent something encrypted to this device has begun an encryption with it. Takes whatever a sync brings. */
  hear(toDevice: readonly unknown[]): void {
    for (const event of toDevice as readonly ({ readonly type?: unknown; readonly sender?: unknown } | null)[]) {
      if (event?.type !== 'm.room.encrypted') continue;
      for (const name of this.#devices)
        if (name.startsWith(nameOf(String(event.sender), ''))) this.#devices.delete(name);
    }
  }

  has(person: string, device: string): boolean {
    return this.#devices.has(nameOf(person, device));
  }
}

function nameOf(person: string, device: string): string {
  return `${person} ${device}`;
}
