import { createHash } from 'node:crypto';
import type { Answers } from '../answers.ts';
import { ACTS, type ActName, type Plan, type PlanFacts, type PlannedAct, type PlannedFile } from './plan.ts';
import { userIdOf } from './settings-text.ts';

/** What has to be done for these answers, in the order of `ACTS`. `model`: the one that has to be fetched. */
export function plannedActs(
  answers: Answers,
  {
    files,
    model,
    adminToken,
    done,
  }: Pick<Plan, 'files' | 'adminToken'> & Pick<PlanFacts, 'done'> & { readonly model: string | undefined },
): PlannedAct[] {
  const keys = new Map<ActName, string>();
  const all = digestOf(files.filter(({ isRead }) => isRead));
  const bot = userIdOf(answers, answers.bot);
  if (answers.backupKey !== 'none') keys.set('backup-key', answers.backupKey);
  keys.set('accounts', [bot, ...answers.people.map(({ name }) => userIdOf(answers, name))].join(' '));
  keys.set('rate-limit', bot);
  if (adminToken !== undefined) keys.set('admin-token', userIdOf(answers, adminToken.user));
  if (answers.hardening.length > 0) keys.set('hardening', answers.hardening.toSorted().join(' '));
  if (answers.kind === 'compose' || answers.start === 'systemd')
    keys.set('host-helper', digestOf(files.filter(({ path }) => /^\/(usr\/lib|etc)\//.test(path))));
  keys.set('start', all);
  keys.set('first-message', all);
  if (answers.kind === 'compose') {
    // Once there was a VPN it has to come off with its last device.
    if (answers.devices.length > 0 || (done.vpn ?? '') !== '') keys.set('vpn', answers.devices.join(' '));
    const { certificate, host } = answers;
    keys.set(
      'certificate',
      certificate === 'own-ca' ? `${host} ${AUTHORITY}` : `${host} ${JSON.stringify(certificate)}`,
    );
    keys.set('homeserver', all);
    if (model !== undefined) keys.set('model', model);
  }
  const made = {
    'backup-key': `${answers.data}/config/backup-recipients.asc`,
    'admin-token': adminToken?.file.path,
  } as Partial<Record<ActName, string>>;
  return ACTS.flatMap((act): PlannedAct[] => {
    const [key, makes] = [keys.get(act), made[act]];
    return key === undefined ? [] : [{ act, key, ...(makes !== undefined && { makes }) }];
  });
}

/** Below DATA/config: the certificate of the household's own authority, by which ops judges that of the door. Its key is nowhere near. */
export const AUTHORITY = 'tls-authority.pem';

/** An update changes them, and has seen to the rest itself. */
const VERSION_LINES = /^KINKEEPER_(?:IMAGE|VERSION)=.*\n/gm;

function digestOf(files: readonly PlannedFile[]): string {
  const digest = createHash('sha256');
  for (const { path, content } of files) digest.update(`${path}\0${content.replaceAll(VERSION_LINES, '')}\0`);
  return digest.digest('hex').slice(0, 16);
}
