import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../core/errors.ts';
import { step } from '../../core/step.ts';
import { adminToken, endOwnAccounts, helperToken, makeBotAccount, makeGuest, makePeople } from './accounts.ts';
import { awaitHousehold } from './await-household.ts';
import { fetchModel, installHostHelper, placeCertificate, setUpVpn, startHomeserver } from './compose-acts.ts';
import { eraseGuest, firstConversation, untilErased, type Way } from './first-conversation.ts';
import { hardenHost } from './harden-host.ts';
import { homeserverAddress } from './homeserver-address.ts';
import { makeBackupKey } from './make-backup-key.ts';
import { placeFile, readPlainFile } from './place.ts';
import { doorAddresses } from './plan/env-text.ts';
import type { ActName, Plan, PlanFacts, PlannedAct } from './plan/plan.ts';
import { userIdOf } from './plan/settings-text.ts';
import type { Progress } from './progress.ts';
import { registrationSecret } from './registration-secret.ts';
import { setUpCard } from './set-up-card.ts';
import type { SetupParts } from './setup.ts';
import { composeLine, shellLine } from './shell-line.ts';
import { endedDetached, startServices } from './start-services.ts';
import { SynapseAdmin } from './synapse-admin.ts';
import { sayAtSetup } from './wording/say-setup.ts';

/** What every act works with. */
export interface ActParts extends SetupParts {
  readonly plan: Plan;
  readonly facts: PlanFacts;
  readonly progress: Progress;
}

/** A small machine with a language model takes minutes for its first answer. */
const ANSWER_MS = 600_000;

/** Each act; false where it did not come out, and has said why. All may be cut off anywhere and done again. */
const DO: Readonly<Record<ActName, (parts: ActParts) => Promise<boolean>>> = {
  'backup-key': makeBackupKey,
  'host-helper': installHostHelper,
  vpn: setUpVpn,
  certificate: placeCertificate,
  homeserver: startHomeserver,
  accounts: makeAccounts,
  'rate-limit': liftRateLimit,
  'admin-token': placeAdminToken,
  model: fetchModel,
  start: startAll,
  'first-message': tryOut,
  hardening: hardenHost,
};

/**
 * Does what is open, one act after the other. False when one did not come out, or the signal aborted: the rest stays open. However it ends,
 * accounts that set-up made for itself are ended with it.
 */
export async function doActs(parts: ActParts, acts: readonly PlannedAct[]): Promise<boolean> {
  let isDone = false;
  try {
    isDone = await doOpen(parts, acts);
  } finally {
    if (!isDone) await endWhatCan(parts);
  }
  if (isDone) await endOwn(parts);
  return isDone;
}

async function doOpen(parts: ActParts, acts: readonly PlannedAct[]): Promise<boolean> {
  const { progress, say, clock, signal } = parts;
  const { language } = parts.answers;
  for (const act of acts) {
    if (signal.aborted) return false;
    const began = clock();
    say(sayAtSetup(language, 'step.under-way', act));
    if (!(await DO[act.act](parts))) return false;
    step(`setup-${act.act}`);
    progress.markDone(act);
    say(sayAtSetup(language, 'step.done', { ...act, tookMs: clock() - began }));
  }
  return true;
}

async function endOwn(parts: ActParts): Promise<void> {
  const { helper, guests } = parts.progress.now;
  if (helper !== undefined || guests.length > 0) await endOwnAccounts({ ...parts, synapse: await synapseOf(parts) });
}

/** After a failure, which is told by somebody else: a second one of the same cause would hide it. */
async function endWhatCan(parts: ActParts): Promise<void> {
  try {
    await endOwn(parts);
  } catch {
    parts.say(sayAtSetup(parts.answers.language, 'helper.stays'));
  }
}

async function makeAccounts(parts: ActParts): Promise<boolean> {
  const { plan, say, columns, answers } = parts;
  const accounts = { ...parts, synapse: await synapseOf(parts) };
  await makeBotAccount(accounts, secretIn(plan.secretFiles.botPassword));
  const server = answers.kind === 'compose' ? answers.host : answers.serverName;
  const bot = userIdOf(answers, answers.bot);
  await makePeople(accounts, async (card) => {
    const { language } = answers.people.find(({ name }) => userIdOf(answers, name) === card.user) ?? answers;
    say(`\n${await setUpCard(language, card, { server: `https://${server}`, bot, columns })}`);
  });
  return true;
}

async function liftRateLimit(parts: ActParts): Promise<boolean> {
  const synapse = await synapseOf(parts);
  const token = await helperToken({ ...parts, synapse });
  await synapse.liftRateLimit(userIdOf(parts.answers, parts.answers.bot), token);
  return true;
}

async function placeAdminToken(parts: ActParts): Promise<boolean> {
  const { user, passwordFile, file } = parts.plan.adminToken!;
  const token = await adminToken({ ...parts, synapse: await synapseOf(parts) }, user, secretIn(passwordFile));
  placeFile({ ...file, content: `${token}\n` });
  return true;
}

async function startAll(parts: ActParts): Promise<boolean> {
  const since = parts.clock();
  parts.progress.change({ started: true });
  await startServices(parts.plan, parts.facts);
  (await household(parts, since))[Symbol.dispose]();
  return true;
}

async function tryOut(parts: ActParts): Promise<boolean> {
  const { answers, plan, progress, clock, say } = parts;
  const { language } = answers;
  const synapse = await synapseOf(parts);
  using state = await household(parts, 0);
  // Those of a run that was cut off.
  for (const { user } of progress.now.guests) {
    const guestId = userIdOf(answers, user);
    if (eraseGuest(state, { guestId, clock })) await untilErased(state, guestId);
  }
  const guest = await makeGuest({ progress, synapse });
  const told = await firstConversation(state, {
    ...wayOf(parts, synapse.url),
    ...{ guest, guestId: guest.userId, language, clock },
    ...{ botId: userIdOf(answers, answers.bot), account: plan.account, timeoutMs: ANSWER_MS },
  });
  if (told.ok)
    say(sayAtSetup(language, 'first.answered', { ...told, kept: told.kept ?? '', answer: told.answer ?? '' }));
  else
    say(
      sayAtSetup(language, 'first.failed', {
        answer: told.answer ?? told.kept ?? '',
        doctor: shellLine(plan, parts.facts.product, 'doctor'),
      }),
    );
  return told.ok;
}

/** As phones come in where there is a door; beside a Synapse of somebody else's, to that. */
function wayOf({ answers, facts }: ActParts, synapse: string): Way {
  if (answers.kind === 'bare') return { homeserver: synapse, address: undefined, authorityFile: undefined };
  const { host, data, certificate } = answers;
  const { v4 } = doorAddresses(answers, facts);
  return {
    homeserver: `https://${host}`,
    address: v4 === '0.0.0.0' ? '127.0.0.1' : v4,
    authorityFile: certificate === 'own-ca' ? `${data}/tls/ca.pem` : undefined,
  };
}

function household({ plan, facts, clock }: ActParts, since: number) {
  const { stateDir, account } = plan;
  return awaitHousehold({
    stateDir,
    account,
    clock,
    since,
    ended: () => endedDetached(plan),
    logs: logsOf(plan, facts.product),
    passphrase: secretIn(plan.secretFiles.passphrase),
  });
}

/** Where a person finds what bot and ops said. */
function logsOf(plan: Plan, product: string): string {
  const { answers } = plan;
  if (answers.kind === 'compose') return composeLine(plan, product, 'logs bot ops');
  return answers.start === 'detached' ? `${answers.data}/logs` : 'journalctl -u kinkeeper-bot -u kinkeeper-ops';
}

function secretIn(file: string): string {
  return readPlainFile(file).trim();
}

async function synapseOf({ plan, facts, say, signal }: ActParts): Promise<SynapseAdmin> {
  const { language } = plan.answers;
  const { url, ask } = await homeserverAddress(plan, facts.podman);
  return new SynapseAdmin(
    url,
    registrationSecret(plan.registration),
    async (ms) => {
      say(sayAtSetup(language, 'synapse.rests', { ms }));
      await pause(ms, undefined, { signal }).catch(() => {
        throw new AppError('unavailable', 'stopped', { reason: 'stopped', hint: sayAtSetup(language, 'stopped') });
      });
    },
    ask,
  );
}
