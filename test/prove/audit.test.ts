import { expect, test } from 'vitest';
import { testSeed } from '../bot/random.ts';
import { auditTampering } from './audit-tampering.ts';

const seed = testSeed();

test(`every change to the rows of an audit trail is detected and named (seed ${seed})`, () => {
  const { wrong, detected, tries } = auditTampering({ seed, tries: 500 });
  expect(wrong).toEqual([]);
  expect(detected).toBe(tries);
});
