import { beforeEach } from 'vitest';
import type { Caller } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import type { TenantReader, TenantWriter } from '../../../core/tenant.ts';
import { useAda } from './use-ada.ts';

/** A state folder of its own for each test of a file, with Ada and Ben; `read` and `write` are Ada's. */
export interface TwoPeople {
  readonly state: OpenState;
  readonly ada: Caller;
  readonly ben: Caller;
}

/** To be called once at the top of a test file; what it returns is made anew before each test. */
export function useTwoPeople() {
  const home = useAda();
  let ben: Caller;
  beforeEach(() => {
    home().state.control.people.add({ id: '@ben:home.test', role: 'member', language: 'de' });
    ben = home().state.control.people.callerFor('@ben:home.test')!;
  });
  return {
    people: (): TwoPeople => ({ state: home().state, ada: home().ada, ben }),
    read: <T>(fn: (reader: TenantReader) => T) => home().read(fn),
    write: <T>(fn: (writer: TenantWriter) => T) => home().write(fn),
  };
}
