import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { deriveKey, type KeyPurpose } from '../../../core/keys/derive.ts';

const master = Uint8Array.from({ length: 32 }, (_, index) => index);
const purposes: KeyPurpose[] = ['control.db', 'bot.db', 'tenant-keys', 'canary', 'recovery-code'];

// RFC 5869 written out: extract with an empty salt (32 zero bytes), expand one block.
function hkdf(secret: Uint8Array, info: string): Uint8Array {
  const extracted = createHmac('sha256', new Uint8Array(32)).update(secret).digest();
  return new Uint8Array(createHmac('sha256', extracted).update(info).update(Uint8Array.of(1)).digest());
}

test('keys are HKDF-SHA256 of the secret with the purpose as info', () => {
  for (const purpose of purposes) expect(deriveKey(master, purpose)).toEqual(hkdf(master, `kinkeeper/v1/${purpose}`));
});

test('no two purposes and no two secrets share a key', () => {
  const other = Uint8Array.from(master).fill(9, 0, 1);
  const keys = [master, other].flatMap((secret) => purposes.map((purpose) => deriveKey(secret, purpose)));
  expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(keys.length);
});
