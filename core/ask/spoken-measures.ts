const ORDINALS =
  'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first'.split(
    ' ',
  );
const MONTHS = 'january|february|march|april|may|june|july|august|september|october|november|december';
const DAY_OF_MONTH = new RegExp(
  String.raw`(?<![\p{L}-])(${[...ORDINALS].reverse().join('|')})(?= of (?:${MONTHS})(?!\p{L}))`,
  'giu',
);

/** What people say instead of a number, in English and German, and how a number says it. */
const SPOKEN: readonly (readonly [RegExp, string])[] = [
  [/(?<!\p{L})half an? year(?!\p{L})/giu, '6 months'],
  [/(?<!\p{L})(?:eine[mns]? |ein )?halbe[nsr]? jahr(?:es)?(?!\p{L})/giu, '6 Monate'],
  [/(?<!\p{L})(?:a |one )?quarter of an? year(?!\p{L})/giu, '3 months'],
  [/(?<!\p{L})(?:eine[mns]? |ein )?vierteljahr(?:es)?(?!\p{L})/giu, '3 Monate'],
  [/(?<!\p{L})(?:a |one )?fortnight(?!\p{L})/giu, '2 weeks'],
  [/(?<!\p{L})(?:anderthalb|eineinhalb)(?!\p{L})/giu, '1.5'],
  [/(?<!\p{L})a dozen(?!\p{L})/giu, '12'],
  [/(?<!\p{L})(?:a|one|eine[rn]?) (?=(?:million|milliarde|billion)(?!\p{L}))/giu, '1 '],
];

/**
 * A text with its spoken measures and days as numbers: "half a year" as 6 months, "the eleventh of April" as the 11th. For
 * claims and passages alike, so that both are compared by what they mean.
 */
export function withoutSpokenMeasures(text: string): string {
  const dated = text.replace(DAY_OF_MONTH, (word) => `${ORDINALS.indexOf(word.toLowerCase()) + 1}.`);
  return SPOKEN.reduce((plain, [spoken, number]) => plain.replace(spoken, number), dated);
}
