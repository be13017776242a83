import { asksAboutFile, foldedWords, isFilling } from './asks-about-file.ts';

/**
 * The number of the document that a question names and asks about as a whole ("What does Lease.pdf say?", "Fasse den
 * Mietvertrag zusammen" for "Mietvertrag.docx"); undefined when it names none, or asks for more. Signs, capitals, accents
 * and the name's ending do not matter. Of several that fit, the longest name wins, and of files of one name the newest.
 * `documents`: oldest first. Called by answerQuestion.
 */
export function fileAskedAbout(
  question: string,
  documents: readonly { readonly number: number; readonly name: string }[],
): number | undefined {
  const asked = ` ${foldedWords(question)} `;
  let best: { number: number; length: number } | undefined;
  for (const { number, name } of documents) {
    for (const called of namesOf(name)) {
      if (called.length < (best?.length ?? 0) || !asked.includes(` ${called} `)) continue;
      // "this" stands for the file: what is left must ask about it and nothing more.
      if (asksAboutFile(asked.replace(` ${called} `, ' this '))) best = { number, length: called.length };
    }
  }
  return best?.number;
}

/** A file's name with and without its ending. "Letter" alone names no file: it is what people call any of them. */
function namesOf(name: string): string[] {
  const [whole, bare] = [foldedWords(name), foldedWords(name.replace(/\.[\p{L}\p{N}]{1,5}$/u, ''))];
  return [whole, bare].filter((called) => called.length > 2 && !called.split(' ').every(isFilling));
}
