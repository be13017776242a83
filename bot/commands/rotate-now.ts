import type { Caller } from '../../core/caller.ts';
import type { ChangedHere } from '../../core/incident/rotation-guide.ts';
import type { ConfirmedJob } from '../../core/job.ts';
import { livingApiKeys } from '../../core/living-api-keys.ts';
import { code } from '../../core/wording/markdown.ts';
import { passwordWords } from '../password-words.ts';
import { say } from '../wording/say.ts';
import { apikeyNew } from './apikey-new.ts';
import { type Answered, asked, done, refused } from './command-spec.ts';
import { askForRun } from './run.ts';
import type { CommandServices } from './services.ts';

type Ending = Pick<CommandServices, 'apiKeys' | 'people' | 'audit' | 'tellPerson' | 'clock'>;
type Needed = Ending & Pick<CommandServices, 'incident' | 'changes' | 'jobs' | 'requests' | 'heartbeats'>;

const JOBS: Readonly<Record<Exclude<ChangedHere, 'bot-password' | 'api-keys'>, ConfirmedJob>> = {
  'ssh-host-keys': 'sshHostKeys',
  wireguard: 'wireguard',
};

/** What only a helper of the host can change. */
export const HOST_KEYS = Object.keys(JOBS) as (keyof typeof JOBS)[];

/**
 * Changes one thing that needs no human hands: the bot's own password and the keys of its API itself, keys of the host by the process of the jobs and the helper.
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
  if (item === 'api-keys') return done(endApiKeys(services));
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

/** Ends everybody's keys of the HTTP API, once each of their people was told: after a kill in between, nobody is left without a word. */
function endApiKeys({
  caller,
  source,
  ...services
}: Ending & { readonly caller: Caller; readonly source: string }): string {
  const { apiKeys, audit, tellPerson, clock } = services;
  const all = livingApiKeys(services);
  const told = all.filter((one) => {
    const names = one.keys.map(({ name }) => name);
    return tellPerson(one.caller.person, {
      key: `api keys ended ${source}`,
      text: (language) =>
        say(language, 'apikey.rotated', { names, make: code(`!${apikeyNew.typed[language]} ${names[0]}`) }),
    });
  }).length;
  apiKeys.endAll();
  audit.append({ at: clock(), actor: caller.person, action: 'api-keys.ended', target: 'all', outcome: 'done' });
  const keys = all.reduce((sum, one) => sum + one.keys.length, 0);
  return say(caller.language, 'rotate.api-keys-ended', { keys, people: all.length, told });
}
