import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { besideName } from '../../../core/backup/beside.ts';
import { archiveName } from '../../../core/backup/generation.ts';
import { AppError } from '../../../core/errors.ts';
import { takeErasedCopies } from '../../../ops/restore/take-erased-copies.ts';

const NOW = 1_800_000_000_000;

test('a place full of files that are none of ours, under names like ours, keeps no restore busy', async () => {
  const files = Array.from({ length: 500 }, (_, at) => ({
    name: archiveName(besideName('erased', NOW + at * 1_000)),
    bytes: 10,
  }));
  let read = 0;
  const copies = {
    place: 'attic',
    list: async () => files,
    read: () => {
      read++;
      return Promise.reject(new AppError('not-found', 'it is gone'));
    },
  };
  const erasing = { takeErasedList: () => false, erasedCopyKey: () => randomBytes(32) };
  const { signal } = new AbortController();
  const taken = await takeErasedCopies(copies, { erasing, madeAt: NOW, signal });
  expect([read, taken.used, taken.refused.length]).toEqual([20, [], 20]);
});
