import { expect, test } from 'vitest';
import { testSeed } from '../bot/random.ts';
import { auditTampering } from './audit-tampering.ts';

const seed = testSeed();

// Each kind of change a dozen times; `npm run prove:audit` makes 10,000 changes.
test(`every change to the rows of an audit trail is detected and named (seed ${seed})`, () => {
  const { wrong, detected, tries } = auditTampering({ seed, tries: 150 });
  expect(wrong).toEqual([]);
  expect(detected).toBe(tries);
});
