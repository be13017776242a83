import { defineCommand, done } from './command-spec.ts';
import { askForRun, DRY_RUN } from './run.ts';

/**
 * `!update [dry]`: brings Kinkeeper to its newest version, with a way back (ops/update); dry: says whether there is one. The bot
 * is silent while the new version is on trial, and an alert tells how it ended.
 */
export const update = defineCommand({
  name: 'update',
  typed: { en: 'update', de: 'update' },
  aliases: [],
  where: 'ops',
  role: 'admin',
  destructive: false,
  audit: ({ dry }) => (dry === undefined ? '-' : 'dry'),
  arguments: [DRY_RUN],
  examples: ['', 'dry'],
  needs: ['jobs', 'requests', 'heartbeats', 'clock'],
  execute: ({ caller, source, ...services }, { dry }) =>
    done(askForRun(services, { caller, source, job: 'update', dry: dry !== undefined })),
});
