import { FORMATS } from '../../../core/wording/format.ts';
import type { Markdown } from '../../../core/wording/markdown.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { AccountFacts, CardFacts } from '../facts/accounts.ts';

const { count } = FORMATS.en;

const HANDED_OVER = 'Hand it over yourself, on paper or by phone: whoever has it can log in.';

function opened({ link, web }: CardFacts): string {
  const inBrowser = web === undefined ? '' : `. On a computer: ${web} in a browser, without installing anything`;
  return `point its camera at the picture below, or open ${link}${inBrowser}`;
}

function typed({ address, person, password }: CardFacts): string[] {
  return [`2. Homeserver: ${address}`, `3. User: ${person}`, `4. Password: ${password}`];
}

function goesAway({ days }: CardFacts): string {
  return `I have forgotten the password by now. I take this message back once they are logged in, after ${count(days, 'day', 'days')} at the latest.`;
}

/** Who makes an account that the bot may not make, and what its person does then. */
function byHand(local: Markdown, bot: Markdown): string {
  return `You make it on the server: \`register_new_matrix_user -c homeserver.yaml --no-admin -u\` ${local}. Hand over name and password; they log in with Element, set up recovery, and start a chat with ${bot}. Or let me do it from now on: set-up with \`makesAccounts: true\`, or \`homeserver.adminTokenFile\` in my settings.`;
}

/** English: accounts of the homeserver. */
export const accounts: Entries<AccountFacts> = {
  'account.made': ({ person }) => `I made the account ${person} on the homeserver.`,
  'account.card': (card) =>
    [
      `**Set-up card.** ${HANDED_OVER}`,
      `1. Install **Element** on the phone: ${opened(card)}`,
      ...typed(card),
      '5. Set up recovery and verify the session, as Element offers: I answer verified sessions only. Keep the recovery key on paper: without it, messages are lost with the phone.',
      '6. Change the password (on a computer: Settings, Account).',
      `7. Start a chat with ${card.bot}.`,
      '',
      goesAway(card),
    ].join('\n'),
  'account.reset-card': (card) =>
    [
      `**Card for a new password.** ${HANDED_OVER}`,
      'It is the same account as before, with its chats: only the password is new, and every phone and computer is logged out. Your papers with me are as they were, and your API keys go on.',
      `1. Open **Element**. On a new phone: ${opened(card)}`,
      ...typed(card),
      '5. Verify the new session with your recovery key, on each device anew: I answer verified sessions only, and earlier messages can be read again then.',
      `6. Without a recovery key, let Element set up a new identity and recovery. Earlier messages stay unreadable then; and if I knew another identity of yours, I wait until an admin has compared the new one with you and sent ${card.confirm}.`,
      '7. Change the password (on a computer: Settings, Account).',
      `8. Go on in your chat with ${card.bot}.`,
      '',
      goesAway(card),
    ].join('\n'),
  'account.picture': () =>
    'For the camera of the phone: opens Element with the homeserver filled in, or the page that installs it. The password is not in it.',
  'account.there': ({ person, bot, reset }) =>
    `The account ${person} is there already, so there is no set-up card: they log in with the password that they have, and start a chat with ${bot}. ${reset === undefined ? 'If nobody knows it, whoever runs the homeserver makes a new one: I may not.' : `If nobody knows it: ${reset} makes a new one, with a card.`}`,
  'account.elsewhere': ({ person, bot }) =>
    `The account ${person} is on another homeserver, where I make none: they start a chat with ${bot} from there.`,
  'account.is-closed': ({ person }) =>
    `But the account ${person} was closed, and nobody can log in there any more. Take another name, or open it again on the server.`,
  'account.missing': ({ person, local, bot }) =>
    `There is no account ${person} yet, and I may not make one, so there is no set-up card. ${byHand(local, bot)}`,
  'account.unseen': ({ person, local, bot }) =>
    `I may not make accounts, and the homeserver does not tell me whether ${person} is there, so there is no set-up card. If it is, they log in with the password that they have, and start a chat with ${bot}. If not: ${byHand(local, bot)}`,
  'account.no-right': ({ person }) =>
    `I could not look after the account ${person}: the homeserver refuses my right over accounts. Is the token in the file of \`homeserver.adminTokenFile\` still an administrator’s? Once it is, restart me and send this again.`,
  'account.reset-own': () =>
    'I don’t reset the account of whoever asks: you would be logged out before you could read the new password. Change it in Element (Settings, Account), or have another admin do it.',
  'account.reset-preview': ({ person, confirm }) =>
    `This gives ${person} a new password and logs out all their devices. Their documents stay. Without their recovery key they can't read old messages any more, and show a new identity, which you then confirm.\nTo do it, send ${confirm} within ten minutes.`,
  'account.reset-admin': ({ person, confirm }) =>
    `${person} is an admin: whoever has the new password can do here what you can. Have you spoken to them, face to face or by phone?\nIf so, send ${confirm} within ten minutes.`,
  'account.reset-done': ({ person }) => `${person} has a new password and is logged out everywhere.`,
  'account.stays': ({ server, close }) =>
    close === undefined
      ? `Their account on ${server} stays: they can still log in there and read their chats.`
      : `Their account on ${server} stays: they can still log in there and read their chats. ${close} closes it for good, as long as their papers are not erased.`,
  'account.close-known': ({ person }) =>
    `${person} may still talk to me, and would be locked out of everything. Remove them first; then the account can be closed.`,
  'account.close-preview': ({ person, confirm }) =>
    `This closes the account ${person} for good: nobody logs in there any more, and the name is never given to anybody again. What I still have to tell them (their export, the receipt of the erasure) they can’t read then. I can't undo it.\nTo do it, send ${confirm} within ten minutes.`,
  'account.closed': ({ person }) => `The account ${person} is closed.`,
};
