import { LANGUAGES, type Language } from '../caller.ts';
import { foldText } from './fold-text.ts';
import { stopWordScores } from './guess-language.ts';

/** Words that ask or greet, and tell the language alone ("Miete wann?", "thanks!"); without accents, apostrophes and capitals. */
const TELLING: Readonly<Record<Language, ReadonlySet<string>>> = {
  en: new Set(
    `what whats when where which who whose why how hello thanks thank you your bye goodbye morning please great nice good job well done today summarise summarize explain`.split(
      ' ',
    ),
  ),
  de: new Set(
    `wann wer wen wem wo woher wohin wieviel welche welcher welches welchen welchem warum wieso wozu worum wie hallo danke dankeschon dank vielen guten tschuss servus moin bitte klasse prima toll klar bist mir dir heute fasse fass zusammen erklare kostet muss soll darf heißt`.split(
      ' ',
    ),
  ),
};
/** Worth of such a word, in stop words; and what a language must reach to be surely the one. */
const TELLS = 2;
const SURE = 2;

/**
 * The language for what is said around an answer: that of the question where it is surely one that the product speaks,
 * else the person's own. Names do not count, nor letters: "Müller contract" tells nothing. Called by bot and console.
 */
export function frameLanguage(question: string, own: Language): Language {
  const scores = stopWordScores(question);
  for (const [word] of foldText(question)
    .replace(/['’]/g, '')
    .matchAll(/\p{L}+/gu)) {
    for (const language of LANGUAGES) {
      if (TELLING[language].has(word)) scores.set(language, (scores.get(language) ?? 0) + TELLS);
    }
  }
  const [best, second] = [...scores].sort((a, b) => b[1] - a[1]);
  if (best === undefined || best[1] < SURE || best[1] === second?.[1]) return own;
  return LANGUAGES.find((language) => language === best[0]) ?? own;
}
