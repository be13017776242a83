import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { newRecoveryCode, RECOVERY_BYTES, readRecoveryCode, recoveryText } from '../../../core/keys/recovery-code.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

function reasonOf(text: string): unknown {
  try {
    return readRecoveryCode(text);
  } catch (thrown) {
    return { reason: (thrown as { reason: string }).reason, facts: (thrown as { facts: object }).facts };
  }
}

test('a code is 8 groups of 5 readable characters and carries at least 128 random bits', () => {
  const { secret, text } = newRecoveryCode();
  expect(text).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){7}[0-9A-HJKMNP-TV-Z]{5}$/);
  expect(secret.length * 8).toBeGreaterThanOrEqual(128);
  expect(newRecoveryCode().text).not.toBe(text);
});

test('a code is read back as it was written, for random, lowest and highest bytes', () => {
  const samples = Array.from({ length: 200 }, () => new Uint8Array(randomBytes(RECOVERY_BYTES)));
  samples.push(new Uint8Array(RECOVERY_BYTES), new Uint8Array(RECOVERY_BYTES).fill(255));
  for (const secret of samples) expect(readRecoveryCode(recoveryText(secret))).toEqual(secret);
});

test('a code is read as people type it', () => {
  const secret = Uint8Array.from({ length: RECOVERY_BYTES }, (_, index) => index * 7);
  const text = recoveryText(secret);
  expect(readRecoveryCode(text.toLowerCase().replaceAll('-', ' '))).toEqual(secret);
  expect(readRecoveryCode(` ${text.replaceAll('-', '')}\n`)).toEqual(secret);
  expect(readRecoveryCode(text.replaceAll('0', 'o').replaceAll('1', 'l'))).toEqual(secret);
});

test('every single wrong character is named by its group', () => {
  const { text } = newRecoveryCode();
  for (let place = 0; place < text.length; place++) {
    if (text[place] === '-') continue;
    for (const other of `${ALPHABET}U!`) {
      if (other === text[place]) continue;
      const typed = text.slice(0, place) + other + text.slice(place + 1);
      expect(reasonOf(typed), typed).toEqual({
        reason: 'recovery-code-typo',
        facts: { group: Math.floor(place / 6) + 1 },
      });
    }
  }
});

test('swapped neighbours and swapped groups are found', () => {
  const secret = Uint8Array.from({ length: RECOVERY_BYTES }, (_, index) => (index * 73 + 11) % 256);
  const text = recoveryText(secret);
  for (let place = 0; place + 1 < text.length; place++) {
    const [left, right] = [text[place]!, text[place + 1]!];
    if (left === right || left === '-' || right === '-') continue;
    const typed = text.slice(0, place) + right + left + text.slice(place + 2);
    expect(reasonOf(typed), typed).toMatchObject({ reason: 'recovery-code-typo' });
  }
  const groups = text.split('-');
  expect(reasonOf([groups[1], groups[0], ...groups.slice(2)].join('-'))).toMatchObject({
    reason: 'recovery-code-typo',
  });
});

test('a code of the wrong length is refused as such', () => {
  const { text } = newRecoveryCode();
  for (const typed of ['', text.slice(0, -1), `${text}A`]) {
    expect(reasonOf(typed)).toMatchObject({ reason: 'recovery-code-length' });
  }
});
