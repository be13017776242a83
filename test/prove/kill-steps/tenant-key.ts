import { openTestState } from '../../core/sqlite/temporary-state.ts';
import { expectPapers, keepPapers, tenantFolderIsTidy } from './sample-household.ts';
import type { KillScenario } from './scenario.ts';

/** A tenant gets a new key: every paper is there before and after, in one file. */
export const tenantKey: KillScenario = {
  name: 'tenant-key',
  setUp: (folder) => keepPapers(folder),
  async act(folder) {
    using state = await openTestState(folder);
    const { tenant } = state.control.people.find('@ada:home.test')!;
    state.keys.request(tenant, Date.now());
    await state.keys.rotate(tenant);
  },
  async check(folder) {
    using state = await openTestState(folder);
    expectPapers(state);
    const generations = tenantFolderIsTidy(folder);
    return generations.includes(1) ? 'new' : 'old';
  },
};
