import type { Language } from '../../core/caller.ts';
import { code } from '../../core/wording/markdown.ts';
import type { SetUpCard } from '../account-desk.ts';
import { CARD_MS } from '../card-watch.ts';
import { qrDrawing } from '../picture/qr-drawing.ts';
import { setUpLink } from '../set-up-link.ts';
import { say } from '../wording/say.ts';
import type { CommandAnswer } from './command-spec.ts';

/**
 * An answer with a card below it in the `language` of whoever will read it, and a picture for the phone's camera: the link of the card,
 * never its password. `confirm`: what an admin sends where a person resets their identity, on the card of somebody who had an account before.
 */
export function setUpAnswer(
  head: string,
  { person, password, address, webClient }: SetUpCard,
  { language, bot, confirm }: { readonly language: Language; readonly bot: string; readonly confirm?: string },
): CommandAnswer {
  const link = setUpLink(address);
  const facts = {
    ...{ link: code(link), address: code(address), person: code(person), password: code(password), bot: code(bot) },
    web: webClient === undefined ? undefined : code(webClient),
    days: CARD_MS / 86_400_000,
  };
  const card =
    confirm === undefined
      ? say(language, 'account.card', facts)
      : say(language, 'account.reset-card', { ...facts, confirm: code(confirm) });
  const picture = { name: 'set-up', words: say(language, 'account.picture'), svg: qrDrawing(link) };
  return { text: `${head}\n\n${card}`, picture };
}
