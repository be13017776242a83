import type { Language } from '../../core/caller.ts';
import type { BadAnswer } from '../../core/tenant.ts';
import { code } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import { defineCommand, done } from './command-spec.ts';

/** A message holds about so many cases. */
const SHOWN = 10;

/** `!feedback`: the answers that the caller marked with a thumbs-down, in a family room those that were marked there; newest first. */
export const feedback = defineCommand({
  name: 'feedback',
  typed: { en: 'feedback', de: 'rückmeldungen' },
  aliases: ['rückmeldung'],
  where: 'chats',
  role: 'member',
  destructive: false,
  audit: null,
  arguments: [],
  examples: [''],
  needs: ['vault'],
  execute: ({ caller, place, vault }) => {
    const { language } = caller;
    const isRoom = place === 'family';
    const cases = vault.read(caller, (reader) =>
      reader.badAnswers().map((bad) => ({ ...bad, names: filesOf(reader.passages(bad.passages)) })),
    );
    if (cases.length === 0) return say(language, 'feedback.none', { isRoom });
    const lines = cases.slice(0, SHOWN).map((bad) => line(language, bad));
    const clear = code(`!${feedbackClear.typed[language]}`);
    return [
      say(language, 'feedback.head', { isRoom, cases: cases.length }),
      ...lines,
      '',
      say(language, 'feedback.foot', { isRoom, clear }),
    ].join('\n');
  },
});

/** `!feedback clear`: forgets them. */
export const feedbackClear = defineCommand({
  name: 'feedback clear',
  typed: { en: 'feedback clear', de: 'rückmeldungen löschen' },
  aliases: ['rückmeldung löschen'],
  where: 'direct',
  role: 'member',
  destructive: true,
  audit: (_values, { caller }) => caller.tenant,
  arguments: [],
  examples: [''],
  needs: ['vault'],
  execute: ({ caller, vault }) => {
    const cases = vault.write(caller, (writer) => writer.forgetBadAnswers());
    return done(say(caller.language, 'feedback.cleared', { cases }));
  },
});

function line(language: Language, bad: BadAnswer & { names: readonly string[] }): string {
  const { question, answer, names, model, at } = bad;
  return say(language, 'feedback.line', { question, answer: withoutMarks(answer), names, model: model ?? '', at });
}

function withoutMarks(answer: string): string {
  return answer.replace(/\s*\[\d+\]/g, '');
}

function filesOf(passages: readonly { readonly documentName: string }[]): string[] {
  return [...new Set(passages.map(({ documentName }) => documentName))];
}
