import type { PlanFacts } from '../../../ops/setup/plan/plan.ts';

/** A machine on which nothing was set up yet, as a plan sees it; templates and scripts are left out, as no service is laid. */
export const FRESH_MACHINE: Omit<PlanFacts, 'self' | 'node' | 'product'> = {
  model: undefined,
  templates: {},
  hostFiles: {},
  env: '',
  settings: '',
  hostSettings: '',
  version: '0.1.0',
  hasIpv6: true,
  sshPorts: '22',
  done: {},
};
