import type { Language } from '../../core/caller.ts';
import type { Asker } from './asker.ts';
import { sayAtSetup } from './wording/say-setup.ts';
import { yesOrNo } from './yes-or-no.ts';

/** Asks until the answer is one. `enter`: what Enter alone means; without it, it is asked again. */
export async function askYesOrNo(
  asker: Asker,
  question: string,
  how: { readonly language: Language; readonly say: (line: string) => void; readonly enter?: boolean },
): Promise<boolean> {
  for (;;) {
    const answer = await asker.line(question);
    const said = yesOrNo(answer);
    if (said !== undefined) return said;
    if (answer === '' && how.enter !== undefined) return how.enter;
    how.say(sayAtSetup(how.language, 'ask.yes-or-no'));
  }
}
