import { join } from 'node:path';
import type { Caller } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import { openState } from '../../../core/sqlite/open-state.ts';
import { BEN } from '../../bot/erase/erase-side.ts';
import { PASSPHRASE } from '../../core/sqlite/temporary-state.ts';
import type { Side } from './figures.ts';
import { unencrypted } from './plain-graph.ts';

/** A state folder of one side, opened, and the person in it who has all the passages. */
export interface Twin {
  readonly state: OpenState;
  readonly caller: Caller;
}
export type Twins = Readonly<Record<Side, Twin>> & Disposable;

/** The state folder of one side. */
export function twinFolder(folder: string, side: Side): string {
  return join(folder, side);
}

/** Opens (and makes) both sides. */
export async function openTwins(folder: string): Promise<Twins> {
  const plain = await unencrypted<typeof import('../../../core/sqlite/open-state.ts')>(
    '../../../core/sqlite/open-state.ts',
  );
  const sides = {
    sealed: await openTwin(twinFolder(folder, 'sealed'), openState),
    plain: await openTwin(twinFolder(folder, 'plain'), plain.openState),
  };
  return {
    ...sides,
    [Symbol.dispose]() {
      for (const { state } of Object.values(sides)) state[Symbol.dispose]();
    },
  };
}

/** Opens (and makes) one side, with the stretching of passphrases that the product has. */
export async function openTwin(stateDir: string, open: typeof openState): Promise<Twin> {
  const state = await open({ stateDir, passphrase: PASSPHRASE, create: true, clock: Date.now });
  state.control.people.seed([{ id: BEN, role: 'member', language: 'en' }]);
  return { state, caller: state.control.people.callerFor(BEN)! };
}
