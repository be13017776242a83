import { afterEach, beforeEach } from 'vitest';
import type { Caller } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import type { TenantReader, TenantWriter } from '../../../core/tenant.ts';
import { openTestState, temporaryFolder } from './temporary-state.ts';

type MemberRole = 'admin' | 'member';

/** A state folder of its own for each test of a file, with Ada in it. */
export class AdaAtHome {
  readonly place = temporaryFolder();
  state!: OpenState;
  ada!: Caller;

  /** Opens the state folder, as a start of the bot does. */
  async open(): Promise<void> {
    this.state = await openTestState(this.place.stateDir);
  }

  /** Closes it and opens it anew, as a restart does. */
  async restart(): Promise<void> {
    this.state[Symbol.dispose]();
    await this.open();
  }

  /** Adds somebody, and returns them as a caller. */
  enter(id: string, role: MemberRole = 'member'): Caller {
    this.state.control.people.add({ id, role, language: 'en' });
    return this.state.control.people.callerFor(id)!;
  }

  read<T>(fn: (reader: TenantReader) => T): T {
    return this.state.vault.read(this.ada, fn);
  }

  write<T>(fn: (writer: TenantWriter) => T): T {
    return this.state.vault.write(this.ada, fn);
  }
}

/** To be called once at the top of a test file; what it returns gives the running test its own. */
export function useAda(role: MemberRole = 'admin'): () => AdaAtHome {
  let home: AdaAtHome;
  beforeEach(async () => {
    home = new AdaAtHome();
    await home.open();
    home.ada = home.enter('@ada:home.test', role);
  });
  afterEach(() => {
    home.state[Symbol.dispose]();
    home.place.remove();
  });
  return () => home;
}
