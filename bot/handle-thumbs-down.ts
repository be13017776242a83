import type { Caller } from '../core/caller.ts';
import type { Vault } from '../core/tenant.ts';
import { feedback } from './commands/feedback.ts';
import type { Outbox } from './matrix/outbox.ts';
import { code } from './wording/markdown.ts';
import { say } from './wording/say.ts';

/**
 * Keeps an answer that its person marked with a thumbs-down: the question, what was said, on which passages it rested and
 * which model wrote it, sealed with their documents. Returns the words for it; undefined when there is nothing to say
 * (the message is none of ours, or the answer was marked before).
 */
export function handleThumbsDown(
  { vault, outbox }: { readonly vault: Vault; readonly outbox: Outbox },
  caller: Caller,
  { room, target }: { readonly room: string; readonly target: string },
): string | undefined {
  const question = outbox.sourceOf(room, target);
  if (question === undefined) return undefined;
  return vault.write(caller, (writer) => {
    const turn = writer.turnOf(question);
    if (turn === undefined) return say(caller.language, 'feedback.unknown');
    const { room: _, ...bad } = turn;
    if (!writer.addBadAnswer(bad)) return undefined;
    return say(caller.language, 'feedback.kept', { list: code(`!${feedback.typed[caller.language]}`) });
  });
}
