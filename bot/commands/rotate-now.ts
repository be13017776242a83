import type { Caller } from '../../core/caller.ts';
import type { ChangedHere } from '../../core/incident/rotation-guide.ts';
import type { ConfirmedJob } from '../../core/job.ts';
import { passwordWords } from '../password-words.ts';
import { say } from '../wording/say.ts';
import { type Answered, asked, done, refused } from './command-spec.ts';
import { askForRun } from './run.ts';
import type { CommandServices } from './services.ts';

type Needed = Pick<CommandServices, 'incident' | 'clock' | 'changes' | 'jobs' | 'requests' | 'heartbeats'>;

const JOBS: Readonly<Record<Exclude<ChangedHere, 'bot-password'>, ConfirmedJob>> = {
  'ssh-host-keys': 'sshHostKeys',
  wireguard: 'wireguard',
};

/**
 * Changes one thing that needs no human hands: the bot's own password itself, keys of the host by the process of the jobs and the helper.
 * Used by `!rotate`, once it was confirmed. The guide learns from the trail that it was done.
 */
export async function rotateNow(
  services: Needed & { readonly caller: Caller; readonly source: string },
  item: ChangedHere,
): Promise<Answered> {
  const { caller, source, changes, incident, clock } = services;
  const { language, person } = caller;
  if (changes === undefined) return refused(say(language, 'rotate.in-chat'));
  // Without one there would be nothing that it counts in.
  if (incident.rotation() === undefined) incident.beginRotation(clock());
  if (item !== 'bot-password') {
    if (!changes.hasHostHelper) return refused(say(language, 'rotate.no-helper'));
    return done(askForRun(services, { caller, source, job: JOBS[item], dry: false }));
  }
  const outcome = await changes.password({ source, person });
  const text = passwordWords(language, outcome);
  if (outcome.kind === 'changed') return done(text);
  // What goes on by itself leaves its own row when it ends.
  return outcome.kind === 'waiting' ? asked(text) : refused(text);
}
