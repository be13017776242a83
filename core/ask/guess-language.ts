/** Languages that a text can be told to be in by its most frequent words, with their English names for prompts. */
const STOP_WORDS: Readonly<Record<string, { readonly name: string; readonly words: string }>> = {
  en: {
    name: 'English',
    words:
      'the and is are was were of to in on for with what when who where which how much many does did do our my we you it that this from have has had at by be can i a an not or if as your their there',
  },
  de: {
    name: 'German',
    words:
      'der die das und ist sind war waren von zu im in auf für mit was wann wer wo welche welcher welches wie viel viele hat haben wir unser unsere mein meine ich es dass den dem des ein eine einen einem nicht oder bei nach aus am zum zur wird werden sich auch kann ihr sie man wurde noch steht gibt',
  },
  es: {
    name: 'Spanish',
    words:
      'el la los las de del y es son en por para con qué que cuándo cuánto cuánta cuál dónde quién cómo nuestro nuestra mi se un una al lo su hay está no o si fue tiene cuanto cuando cual donde',
  },
  fr: {
    name: 'French',
    words:
      'le la les de des du et est sont dans sur pour avec que qui quand combien quel quelle où comment notre nos mon ma on il elle un une au aux ce cette pas ou se a été y en je nous vous',
  },
  it: {
    name: 'Italian',
    words:
      'il lo la i gli le di del della dei e è sono in per con che chi quando quanto quanta quale dove come nostro nostra mio si un una al alla da nel non o ha è stato ci',
  },
  pl: {
    name: 'Polish',
    words:
      'i w z na do jest są był była nie się że co kiedy kto gdzie jak ile który która które dla od po przez nasz nasza mój moja to o za czy ma mamy jaki jaka jakie ze',
  },
  tr: {
    name: 'Turkish',
    words:
      've bir bu ne zaman kim nerede nasıl kaç hangi için ile de da mi mı mu mü var yok olan olarak bizim benim en çok ise ya veya değil kadar sonra göre her',
  },
  pt: {
    name: 'Portuguese',
    words:
      'o a os as de do da e é são em no na por para com que quando quanto qual onde quem como nosso nossa um uma ao não ou se foi tem',
  },
  nl: {
    name: 'Dutch',
    words:
      'de het een en is zijn was van te in op voor met wat wanneer wie waar welke hoe veel ons onze mijn ik dat die dit niet of bij naar uit er',
  },
};

/** Scripts that by themselves say a language, or as much of it as finding and prompting need. */
const SCRIPTS: readonly (readonly [string, string, RegExp])[] = [
  ['ja', 'Japanese', /[\p{sc=Hiragana}\p{sc=Katakana}]/gu],
  ['zh', 'Chinese', /\p{sc=Han}/gu],
  ['ko', 'Korean', /\p{sc=Hangul}/gu],
  ['ar', 'Arabic', /\p{sc=Arabic}/gu],
  ['he', 'Hebrew', /\p{sc=Hebrew}/gu],
  ['ru', 'Russian', /\p{sc=Cyrillic}/gu],
  ['el', 'Greek', /\p{sc=Greek}/gu],
];

/** Letters that only some languages of the Latin script write; worth as much as two stop words. */
const LETTERS: Readonly<Record<string, RegExp>> = {
  de: /^(?=.*[ßäöü])(?!.*[ğışçİ])/su,
  es: /[¿¡ñ]/u,
  fr: /^(?=.*[çœêâ])(?!.*[ğışİãõ])/su,
  pl: /[ąęłńśźż]/u,
  tr: /[ğışİ]/u,
  pt: /[ãõ]/u,
};

/** Languages by stop word: one look-up per word of a text. */
const LANGUAGES_OF = new Map<string, string[]>();
for (const [language, { words }] of Object.entries(STOP_WORDS)) {
  for (const word of new Set(words.split(' '))) LANGUAGES_OF.set(word, [...(LANGUAGES_OF.get(word) ?? []), language]);
}

/** Characters of a text that are looked at: a few sentences are enough. */
const SAMPLE = 600;

/**
 * Guesses the language of a question or a passage from its script and stop words; undefined when nothing tells it
 * (codes, names, a word or two). Used to weigh signals and to name the answer's language to a model, so that a wrong
 * guess costs a little and never an answer.
 */
export function guessLanguage(text: string): string | undefined {
  const sample = text.slice(0, SAMPLE);
  return guessByScript(sample) ?? guessByWords(sample);
}

function guessByScript(sample: string): string | undefined {
  if (!/[\u0370-\uffff]/u.test(sample)) return undefined;
  const letters = sample.match(/\p{L}/gu)?.length ?? 0;
  for (const [language, , script] of SCRIPTS) {
    const share = (sample.match(script)?.length ?? 0) / Math.max(1, letters);
    if (share > (language === 'ja' ? 0.1 : 0.3)) return language;
  }
  return undefined;
}

function guessByWords(sample: string): string | undefined {
  const scores = stopWordScores(sample);
  for (const [language, letters] of Object.entries(LETTERS))
    if (letters.test(sample)) scores.set(language, (scores.get(language) ?? 0) + 2);
  const [best, second] = [...scores].sort((a, b) => b[1] - a[1]);
  return best && best[1] > (second?.[1] ?? 0) ? best[0] : undefined;
}

/** How many words of a short text are stop words of each language; languages without any are left out. */
export function stopWordScores(text: string): Map<string, number> {
  const scores = new Map<string, number>();
  for (const [word] of text.toLowerCase().matchAll(/\p{L}+/gu)) {
    for (const language of LANGUAGES_OF.get(word) ?? []) scores.set(language, (scores.get(language) ?? 0) + 1);
  }
  return scores;
}

/** English name of a guessed language, for a prompt; undefined for one that is not in the list. */
export function languageName(language: string | undefined): string | undefined {
  if (language === undefined) return undefined;
  return STOP_WORDS[language]?.name ?? SCRIPTS.find(([code]) => code === language)?.[1];
}

/** True for words so frequent in their language that they say nothing about a question. */
export function isStopWord(word: string): boolean {
  return LANGUAGES_OF.has(word);
}

/** The same in one language ("para" says nothing in Spanish, but money in Turkish); in any where none is given. */
export function isStopWordOf(language: string | undefined, word: string): boolean {
  const languages = LANGUAGES_OF.get(word);
  return languages !== undefined && (language === undefined || languages.includes(language));
}
