import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { open, SEAL_OVERHEAD, seal } from '../../../core/keys/seal.ts';

const key = randomBytes(32);
const secret = new TextEncoder().encode('a key of somebody');
const context = { label: 'tenant-key', id: 'a1' };
const broken = expect.objectContaining({ code: 'internal', reason: 'seal-broken' });

function failure(fn: () => unknown): unknown {
  try {
    return fn();
  } catch (thrown) {
    return thrown;
  }
}

test('a sealed secret opens with its key and context', () => {
  expect(open(key, seal(key, secret, context), context)).toEqual(secret);
  expect(open(key, seal(key, new Uint8Array(0), context), context)).toEqual(new Uint8Array(0));
});

test('sealing twice never gives the same bytes and hides the secret', () => {
  const sealed = seal(key, secret, context);
  expect(sealed).not.toEqual(seal(key, secret, context));
  expect(sealed.length).toBe(secret.length + SEAL_OVERHEAD);
  expect(Buffer.from(sealed).includes(Buffer.from(secret))).toBe(false);
});

test('any changed bit, in version, nonce, text or tag, is refused', () => {
  const sealed = seal(key, secret, context);
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = Uint8Array.from(sealed);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(
      failure(() => open(key, changed, context)),
      `bit ${bit}`,
    ).toEqual(broken);
  }
});

test('every shorter or longer form is refused', () => {
  const sealed = seal(key, secret, context);
  for (let length = 0; length < sealed.length; length++) {
    expect(failure(() => open(key, sealed.subarray(0, length), context))).toEqual(broken);
  }
  expect(failure(() => open(key, Buffer.concat([sealed, Uint8Array.of(0)]), context))).toEqual(broken);
});

test('another key, label or id is refused, and label and id cannot be shifted into each other', () => {
  const sealed = seal(key, secret, { label: 'ab', id: 'c' });
  expect(failure(() => open(randomBytes(32), sealed, { label: 'ab', id: 'c' }))).toEqual(broken);
  for (const other of [
    { label: 'a', id: 'bc' },
    { label: 'abc', id: '' },
    { label: 'ab', id: 'd' },
    { label: 'ax', id: 'c' },
  ]) {
    expect(failure(() => open(key, sealed, other))).toEqual(broken);
  }
});
