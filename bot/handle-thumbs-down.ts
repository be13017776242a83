import type { Caller } from '../core/caller.ts';
import type { Vault } from '../core/tenant.ts';
import { code } from '../core/wording/markdown.ts';
import { feedback } from './commands/feedback.ts';
import type { MarkedAnswers } from './marked-answers.ts';
import type { Outbox } from './matrix/outbox.ts';
import { say } from './wording/say.ts';

interface ThumbsDownParts {
  readonly vault: Vault;
  readonly marked: MarkedAnswers;
}

/**
 * Keeps an answer that somebody marked with a thumbs-down: the question, what was said, on which passages it rested and
 * which model wrote it, sealed with the documents that it came from, so that it goes with them: their own, or in a family
 * room (`isRoom`) the room's. Returns the words for it; undefined when there is nothing to say
 * (the message is none of ours, or the answer was marked before).
 */
export function handleThumbsDown(
  { vault, outbox, marked }: ThumbsDownParts & { readonly outbox: Outbox },
  caller: Caller,
  {
    room,
    isRoom,
    target,
    reaction,
  }: { readonly room: string; readonly isRoom: boolean; readonly target: string; readonly reaction: string },
): string | undefined {
  const question = outbox.sourceOf(room, target);
  if (question === undefined) return undefined;
  // Before the case is kept: after a crash between the two it can still be taken back.
  marked.note(reaction, question);
  return vault.write(caller, (writer) => {
    const turn = writer.turnOf(question);
    // An answer from a file that is gone, or was replaced, would stay when that is forgotten: nothing finds it by its passages.
    const isWhole = turn !== undefined && writer.passages(turn.passages).length === turn.passages.length;
    if (!isWhole) return say(caller.language, 'feedback.unknown');
    const { room: _, ...bad } = turn;
    if (!writer.addBadAnswer(bad)) return undefined;
    return say(caller.language, 'feedback.kept', { isRoom, list: code(`!${feedback.typed[caller.language]}`) });
  });
}

/**
 * Drops what was kept for a thumbs-down that was taken back, in whichever of these callers' papers it lies. Does nothing for
 * any other deleted event.
 */
export function takeBackThumbsDown(
  { vault, marked }: ThumbsDownParts,
  callers: readonly Caller[],
  reaction: string,
): void {
  const question = marked.onlyMarkOf(reaction);
  // The question itself stays remembered for its time, in its place: only the mark was taken back.
  if (question !== undefined)
    for (const caller of callers) vault.write(caller, (writer) => writer.forgetBadAnswer(question));
  marked.forget(reaction);
}
