import { z } from 'zod';
import type { HostFacts } from './host-facts.ts';

const moment = z.number().int().nonnegative();
const count = z.number().int().nonnegative();
const plain = z.string().max(256);

/** The shape of `facts.json`, as the host helper writes it; unknown keys of a newer helper are left out. */
export const hostFacts: z.ZodType<HostFacts> = z.object({
  at: moment,
  timeSynchronised: z.boolean().nullable(),
  failedLogins: count.nullable(),
  bans: count.nullable(),
  sshLogins: z.array(z.object({ at: moment, user: plain, from: plain })).nullable(),
  containers: z
    .array(z.object({ name: plain, restarts: count, running: z.boolean(), imageMadeAt: moment.nullable() }))
    .nullable(),
  certificateEndsAt: moment.nullable(),
  securityUpdates: count.nullable(),
  rebootRequired: z.boolean().nullable(),
});
