import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { changePassphrase } from '../../../core/keys/master-key.ts';
import { NOW, openTestState, PASSPHRASE, temporaryFolder } from './temporary-state.ts';

let place: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  place = temporaryFolder();
});
afterEach(() => place.remove());

const keys = () => join(place.stateDir, 'keys.json');
const kept = () => join(place.folder, 'kept.json');

async function alertsAfterOpening(passphrase: string): Promise<string[]> {
  using state = await openTestState(place.stateDir, { passphrase });
  return state.control.alerts
    .recent(9)
    .filter(({ clearedAt }) => clearedAt === null)
    .map(({ code }) => code);
}

it('a keys.json of before the last change of the passphrase is told to the admins until a newer one is there', async () => {
  expect(await alertsAfterOpening(PASSPHRASE)).toEqual([]);
  copyFileSync(keys(), kept());
  await changePassphrase(keys(), PASSPHRASE, { passphrase: 'the second one', at: NOW + 1 });
  expect(await alertsAfterOpening('the second one')).toEqual([]);
  copyFileSync(kept(), keys());
  expect(await alertsAfterOpening(PASSPHRASE)).toEqual(['keys-older']);
  await changePassphrase(keys(), PASSPHRASE, { passphrase: 'the third one', at: NOW + 2 });
  expect(await alertsAfterOpening('the third one')).toEqual([]);
});
