import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answers, databaseProbe, homeserverProbe } from '../../ops/health/probe.ts';
import { type Synapse, startSynapse } from '../lab/synapse.ts';

const ONCE = { tries: 1, pauseMs: 0, timeoutMs: 60_000 };
const never = new AbortController().signal;

let synapse: Synapse;
beforeAll(async () => {
  synapse = await startSynapse({ rateLimits: 'lifted' });
});
afterAll(() => synapse?.stop());

test('a real homeserver whose database fails still answers, and is seen to be ill', async () => {
  const [server, database] = [homeserverProbe(synapse.baseUrl), databaseProbe(synapse.baseUrl, synapse.serverName)];
  const seen = async () => [await answers(server, ONCE, never), await answers(database, ONCE, never)];
  expect(await seen()).toEqual([true, true]);
  const store = new Database(join(synapse.dir, 'homeserver.db'));
  store.exec('ALTER TABLE room_aliases RENAME TO room_aliases_gone');
  expect(await seen()).toEqual([true, false]);
  store.exec('ALTER TABLE room_aliases_gone RENAME TO room_aliases');
  store.close();
  expect(await seen()).toEqual([true, true]);
});
