import { AppError } from '../../core/errors.ts';
import { SETUP_GUEST } from '../../core/setup-guest.ts';
import { step } from '../../core/step.ts';
import { randomSecret } from './make-secret.ts';
import type { Plan } from './plan/plan.ts';
import { userIdOf } from './plan/settings-text.ts';
import type { Helper, Progress } from './progress.ts';
import type { AccountName, AccountSession, SynapseAdmin } from './synapse-admin.ts';

interface AccountParts {
  readonly plan: Plan;
  readonly progress: Progress;
  readonly synapse: SynapseAdmin;
}

/** A one-time password may have to be typed on a phone. */
const CARD_LETTERS = 16;

/**
 * Makes the account of the bot. One that is there has to open with the password of the secret file, unless it is known to be the bot's, which may
 * have changed it since: set-up made it, or the household that lay there names it. Throws AppError `conflict`.
 */
export async function makeBotAccount(parts: AccountParts, password: string): Promise<void> {
  const { plan, progress, synapse } = parts;
  const { bot: user, data, kind } = plan.answers;
  const account = { user, password };
  if (await synapse.register(account, { admin: false })) return;
  const userId = userIdOf(plan.answers, user);
  const { done, before } = progress.now;
  // The bot's stands first there.
  const isMade = done.accounts?.split(' ')[0] === userId;
  const wasBefore = before?.bot === userId;
  // Beside a homeserver of one's own, the state that came back has seen log-ins of another machine.
  const isKnown = isMade || (wasBefore && kind === 'bare');
  if (isKnown || (await synapse.opens(account)) || (wasBefore && (await renewPassword(parts, account)))) return;
  throw new AppError(
    'conflict',
    `the account ${userId} is there, with another password than ${data}/secrets/bot-password`,
    {
      hint: 'Put its password into that file, or name another bot in the answers.',
    },
  );
}

/**
 * Makes the accounts of people who have none. Their one-time passwords are kept until `shown` has returned: a kill between the two
 * shows the card at the next run. Accounts that are there are left alone.
 */
export async function makePeople(
  { plan, progress, synapse }: AccountParts,
  shown: (card: AccountName) => Promise<void>,
): Promise<void> {
  for (const { name } of plan.answers.people) {
    const userId = userIdOf(plan.answers, name);
    const known = progress.now.cards[userId];
    const password = known ?? randomSecret(CARD_LETTERS);
    if (known === undefined) progress.change({ cards: { ...progress.now.cards, [userId]: password } });
    const card = { user: userId, password };
    const isOurs =
      (await synapse.register({ user: name, password }, { admin: false })) ||
      (known !== undefined && (await synapse.opens(card)));
    step('setup-person-made');
    if (isOurs) await shown(card);
    step('setup-card-shown');
    const { [userId]: _shown, ...others } = progress.now.cards;
    progress.change({ cards: others });
  }
}

/**
 * The bot's right over accounts: makes the account that has it, logs it in, and resolves to its token. Its password stays with root, so that
 * a token that was lost is had again. Throws AppError `conflict` where somebody else has the name.
 */
export async function adminToken(parts: AccountParts, user: string, password: string) {
  const { plan, synapse } = parts;
  const account = { user, password };
  const token =
    (await synapse.registerLoggedIn(account, { admin: true }))?.accessToken ?? (await synapse.logIn(account));
  if (token !== undefined) return token;
  const { before } = parts.progress.now;
  const wasBefore = before?.makesAccounts && before.bot === userIdOf(plan.answers, plan.answers.bot);
  const renewed = wasBefore && (await renewPassword(parts, account)) ? await synapse.logIn(account) : undefined;
  if (renewed !== undefined) return renewed;
  throw new AppError(
    'conflict',
    `the account ${userIdOf(plan.answers, user)} is there, with another password than ${plan.adminToken?.passwordFile}`,
    { hint: 'Put its password into that file, or say makesAccounts: false in the answers.' },
  );
}

/**
 * The homeserver of containers is the household's own: an account of the bot's own that came back with a backup gets the password of this machine,
 * as that of before is in no backup. Only for one that the household of before is known to have had. False beside somebody else's homeserver.
 */
async function renewPassword({ plan, progress, synapse }: AccountParts, account: AccountName): Promise<boolean> {
  if (plan.answers.kind !== 'compose') return false;
  const named = { ...account, user: userIdOf(plan.answers, account.user) };
  await synapse.resetPassword(named, await helperToken({ progress, synapse }));
  return true;
}

/**
 * A token of set-up's own account, a server admin that lives as long as set-up does; made where there is none. It is noted: Synapse grants
 * few log-ins, and a run that failed must not use up those of the next one.
 */
export async function helperToken({ progress, synapse }: Omit<AccountParts, 'plan'>): Promise<string> {
  for (let tries = 0; tries < 2; tries++) {
    const helper: Helper = progress.now.helper ?? { user: `kinkeeper-setup-${randomName()}`, password: randomSecret() };
    if (helper.token !== undefined && (await synapse.knows(helper.token))) return helper.token;
    if (progress.now.helper === undefined) progress.change({ helper });
    const made = await synapse.registerLoggedIn(helper, { admin: true });
    step('setup-helper-made');
    const token = made?.accessToken ?? (await synapse.logIn(helper));
    if (token !== undefined) {
      progress.change({ helper: { ...helper, token } });
      return token;
    }
    // It was closed by an earlier run that was cut off right then.
    progress.forgetHelper();
  }
  throw new AppError('unavailable', 'Synapse lets set-up’s own account not log in', {
    hint: 'Look whether passwords are allowed there (password_config.enabled), and run set-up again.',
  });
}

/** A new account that plays a person, logged in. It is noted before it is made, so that it is ended whatever happens. */
export async function makeGuest({ progress, synapse }: Omit<AccountParts, 'plan'>): Promise<AccountSession> {
  const guest = { user: `${SETUP_GUEST}${randomName()}`, password: randomSecret() };
  progress.change({ guests: [...progress.now.guests, guest] });
  step('setup-guest-noted');
  const session = await synapse.registerLoggedIn(guest, { admin: false });
  if (session !== undefined) return session;
  throw new AppError('conflict', `the account ${guest.user} is there already`, { hint: 'Run set-up again.' });
}

/** Ends the accounts that set-up made for itself, the guests first. */
export async function endOwnAccounts({ plan, progress, synapse }: AccountParts): Promise<void> {
  const { guests, helper } = progress.now;
  if (guests.length === 0 && helper === undefined) return;
  const token = await helperToken({ progress, synapse });
  for (const { user } of guests) {
    await synapse.close(userIdOf(plan.answers, user), token);
    progress.change({ guests: progress.now.guests.filter((one) => one.user !== user) });
  }
  await synapse.close(userIdOf(plan.answers, progress.now.helper!.user), token);
  step('setup-helper-closed');
  progress.forgetHelper();
}

function randomName(): string {
  return randomSecret(8).toLowerCase();
}
