import { afterEach, beforeEach } from 'vitest';
import type { Caller } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import type { TenantReader, TenantWriter } from '../../../core/tenant.ts';
import { openTestState, temporaryFolder } from './temporary-state.ts';

/** A state folder of its own for each test of a file, with Ada and Ben; `read` and `write` are Ada's. */
export interface TwoPeople {
  readonly state: OpenState;
  readonly ada: Caller;
  readonly ben: Caller;
}

/** To be called once at the top of a test file; what it returns is made anew before each test. */
export function useTwoPeople() {
  let people: TwoPeople;
  let place: ReturnType<typeof temporaryFolder>;
  beforeEach(async () => {
    place = temporaryFolder();
    const state = await openTestState(place.stateDir);
    state.control.people.seed([
      { id: '@ada:home.test', role: 'admin', language: 'en' },
      { id: '@ben:home.test', role: 'member', language: 'de' },
    ]);
    const [ada, ben] = ['@ada:home.test', '@ben:home.test'].map((id) => state.control.people.callerFor(id)!);
    people = { state, ada: ada!, ben: ben! };
  });
  afterEach(() => {
    people.state[Symbol.dispose]();
    place.remove();
  });
  return {
    people: () => people,
    read: <T>(fn: (reader: TenantReader) => T) => people.state.vault.read(people.ada, fn),
    write: <T>(fn: (writer: TenantWriter) => T) => people.state.vault.write(people.ada, fn),
  };
}
