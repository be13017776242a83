import { expect, test } from 'vitest';
import { AppError } from '../../../core/errors.ts';
import { makeOrAwait } from '../../../ops/backup/make-or-await.ts';

const running = () => new AppError('conflict', 'a backup is being made already', { reason: 'backup-running' });
const { signal } = new AbortController();
const named = (name: string) => ({ name, sha256: 'a', plainBytes: 9 });

test('a backup that is being made already is waited for and taken', async () => {
  let all = [named('old')];
  let tries = 0;
  const make = async () => {
    // An archive of before that somebody put here is known since, and is no fresh one.
    if (++tries === 2) all = [{ ...named('found'), plainBytes: 0 }, ...all];
    if (tries === 4) all = [named('new'), ...all];
    throw running();
  };
  expect(await makeOrAwait(make, { backups: { all: () => all as never }, signal, pollMs: 1 })).toBe('new');
  expect(tries).toBe(4);
});

test('where the other one came to nothing, an own one is made; any other fault ends it, and so does a stop', async () => {
  const backups = { all: () => [named('old')] as never };
  let tries = 0;
  const make = async () => {
    if (++tries === 1) throw running();
    return 'own';
  };
  expect(await makeOrAwait(make, { backups, signal, pollMs: 1 })).toBe('own');
  const full = async () => Promise.reject(new AppError('unavailable', 'full', { reason: 'disk-full' }));
  await expect(makeOrAwait(full, { backups, signal, pollMs: 1 })).rejects.toMatchObject({ reason: 'disk-full' });
  const stop = new AbortController();
  const stopping = async () => {
    stop.abort();
    throw running();
  };
  const waiting = makeOrAwait(stopping, { backups, signal: stop.signal });
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
});
