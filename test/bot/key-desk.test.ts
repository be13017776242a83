import { expect, test, vi } from 'vitest';
import { KeyDesk } from '../../bot/key-desk.ts';
import type { TenantId } from '../../core/caller.ts';
import type { TenantKeys } from '../../core/keys/tenant-keys.ts';
import { createLogger } from '../../core/log.ts';
import { NOW } from '../core/sqlite/temporary-state.ts';
import { PATIENCE_MS } from '../patience.ts';
import { openHousehold } from './commands/household.ts';

const log = createLogger({ name: 'test', level: 'silent', destination: { write: () => {} } });

test('everybody who waits gets a new key, the ops room hears of it, and an index is told whose changed', async () => {
  await using household = await openHousehold();
  const { keys, control } = household.state;
  const changed: TenantId[] = [];
  const desk = new KeyDesk({
    keys,
    alerts: control.alerts,
    onChanged: (one) => changed.push(one),
    clock: () => NOW,
    log,
  });
  desk.tick();
  expect(changed).toEqual([]);
  keys.request('all', NOW);
  desk.tick();
  await vi.waitFor(
    () => expect(control.alerts.recent(1)).toMatchObject([{ code: 'keys-changed', facts: { count: 3 } }]),
    PATIENCE_MS,
  );
  expect(new Set(changed)).toEqual(new Set(control.people.list().map(({ tenant }) => tenant)));
  expect(keys.waiting()).toEqual([]);
  await desk.close();
});

test('what fails is told, waits, and is tried again', async () => {
  await using household = await openHousehold();
  const { control, keys } = household.state;
  let [now, broken, tries] = [NOW, true, 0];
  const fragile: TenantKeys = {
    ...{ master: () => keys.master(), ages: () => keys.ages(), waiting: () => keys.waiting() },
    request: (which, at) => keys.request(which, at),
    rotate: (tenant) => {
      tries += 1;
      return broken ? Promise.reject(new Error('the disk is gone')) : keys.rotate(tenant);
    },
  };
  const desk = new KeyDesk({ keys: fragile, alerts: control.alerts, onChanged: () => {}, clock: () => now, log });
  const open = () => control.alerts.recent(9).filter(({ clearedAt, key }) => key !== '' && clearedAt === null);
  keys.request(control.people.list()[0]!.tenant, NOW);
  desk.tick();
  await vi.waitFor(() => expect(open()).toMatchObject([{ code: 'key-change-failed' }]), PATIENCE_MS);
  broken = false;
  desk.tick();
  expect(tries).toBe(1);
  now += 30_000;
  await vi.waitFor(() => {
    desk.tick();
    expect(open()).toEqual([]);
  }, PATIENCE_MS);
  expect(keys.waiting()).toEqual([]);
  await desk.close();
});
