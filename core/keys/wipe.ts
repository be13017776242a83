/**
 * Overwrites key material that is no longer needed. Best effort: the runtime may have moved or copied the bytes before,
 * so this narrows the time a key can be found in memory, it does not promise that none is left.
 */
export function wipe(...secrets: (Uint8Array | undefined)[]): void {
  for (const secret of secrets) secret?.fill(0);
}
