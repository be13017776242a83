import { say } from '../wording/say.ts';
import { defineCommand, done } from './command-spec.ts';
import { askForRun } from './run.ts';

/** `!evidence`: keeps what tells what went on, sealed to the keys of the backups. The process of the jobs does it. */
export const evidence = defineCommand({
  name: 'evidence',
  typed: { en: 'evidence', de: 'beweise' },
  aliases: [],
  where: 'ops',
  role: 'admin',
  destructive: false,
  audit: () => '-',
  arguments: [],
  examples: [''],
  needs: ['jobs', 'requests', 'heartbeats', 'clock'],
  execute: (given) =>
    done(
      `${askForRun(given, { ...given, job: 'evidence', dry: false })}\n\n${say(given.caller.language, 'evidence.about')}`,
    ),
});
