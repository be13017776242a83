import type { Language } from '../../core/caller.ts';
import type { Asker } from './asker.ts';
import { sayAtSetup } from './wording/say-setup.ts';

const YES = /^(y|yes|j|ja)$/i;
const NO = /^(n|no|nein)$/i;

/** Asks until the answer is one. `enter`: what Enter alone means; without it, it is asked again. */
export async function askYesOrNo(
  asker: Asker,
  question: string,
  how: { readonly language: Language; readonly say: (line: string) => void; readonly enter?: boolean },
): Promise<boolean> {
  for (;;) {
    const answer = await asker.line(question);
    if (YES.test(answer)) return true;
    if (NO.test(answer)) return false;
    if (answer === '' && how.enter !== undefined) return how.enter;
    how.say(sayAtSetup(how.language, 'ask.yes-or-no'));
  }
}
