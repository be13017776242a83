import { describe, expect, it } from 'vitest';
import { say } from '../../../bot/wording/say.ts';
import { checkAnswer } from '../../../core/ask/check-answer.ts';
import { evidenceOf } from '../../../core/ask/check-sentence.ts';
import { withoutOwnLook } from '../../../core/ask/own-look.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import { passage } from './household.ts';

const vectors = loadTokenVectors();
const PASSAGES = [
  passage('The lease begins on 1 June 2024 and ends on 31 May 2027. The monthly rent is 1,250 euros.'),
  passage('Notice of three months has to be given in writing to the landlord, Mrs Okonjo-Reyes.', { id: 2 }),
  passage('The deposit of 2400 francs lies at the cantonal bank. Account CH93 0076 2011 6238 5295 7.', { id: 3 }),
  passage('Die Heizung wurde am 14.10.2025 von der Firma Brandt gewartet. Die Rechnung beträgt 289,50 EUR.', { id: 4 }),
];
const check = (said: string, question = 'When does the lease end?', language = 'en') =>
  checkAnswer(said, evidenceOf(PASSAGES, { question, language, vectors }));

describe('a sentence that its passage holds stands', () => {
  it.each([
    ['It ends on 31 May 2027 [1].', undefined, 'It ends on 31 May 2027 [1].', [1]],
    ['It ends on 31 May 2027.', undefined, 'It ends on 31 May 2027. [1]', [1]],
    ['Am 31. Mai 2027 [1].', 'Wann endet der Mietvertrag?', 'Am 31. Mai 2027 [1].', [1]],
    ['The landlord is Mrs Okonjo-Reyes [2].', 'Who is the landlord?', 'The landlord is Mrs Okonjo-Reyes [1].', [2]],
    [
      'Die Kaution beträgt 2400 Franken [3].',
      'Wie hoch ist die Kaution?',
      'Die Kaution beträgt 2400 Franken [1].',
      [3],
    ],
    [
      'The heating was serviced on 14 October 2025 [4].',
      'When was the heating serviced?',
      'The heating was serviced on 14 October 2025 [1].',
      [4],
    ],
    ['The bill was 289.50 euros [4].', 'How much was the bill?', 'The bill was 289.50 euros [1].', [4]],
    [
      'Tres meses de aviso por escrito [2].',
      '¿Cuánto es el plazo de aviso?',
      'Tres meses de aviso por escrito [1].',
      [2],
    ],
    ['CH9300762011623852957 [3]', 'What is the account number?', 'CH9300762011623852957 [1]', [3]],
  ])('%j to %j', (said, question, text, cited) => {
    expect(check(said, question)).toEqual({ text, cited, leftOut: 0, refuses: false });
  });

  it('does not mind words that only say where it is from', () => {
    const said = 'According to the document, notice is three months [2].';
    expect(check(said, 'How long is it?').text).toBe(said.replace('[2]', '[1]'));
  });

  it('keeps the day of a date that begins a line', () => {
    expect(check('31. Mai 2027 [1]', 'Wann endet der Mietvertrag?', 'de').text).toBe('31. Mai 2027 [1]');
    expect(check('30. Mai 2027 [1]', 'Wann endet der Mietvertrag?', 'de').text).toBe('');
  });

  it.each([
    'Notice of eighteen months has to be given [2].',
    'Notice of twenty-five months has to be given [2].',
    'Die Frist beträgt fünfundzwanzig Monate [2].',
    'Notice of 7 months has to be given [2].',
    'It begins on 1 June 2024 and ends on 31 May 2029 [1].',
    'The landlord is Mrs Okonjo-Reynolds [2].',
  ])('not %j', (said) => {
    const elsewhere = PASSAGES.map((one) => ({ ...one, page: '7' }));
    expect(checkAnswer(said, evidenceOf(elsewhere, { question: 'How long?', language: 'en', vectors })).text).toBe('');
  });

  it('counts marks in the order in which they appear, and puts a wrong mark right', () => {
    const said =
      'Three months of notice in writing [2]. The lease ends on 31 May 2027 [3]. The rent is 1.250,00 EUR [1].';
    expect(check(said)).toEqual({
      text: 'Three months of notice in writing [1]. The lease ends on 31 May 2027. [2] The rent is 1.250,00 EUR [2].',
      cited: [2, 1],
      leftOut: 0,
      refuses: false,
    });
  });

  it('of several marks keeps those that carry the sentence: one that does alone, or all that it needs together', () => {
    expect(check('It ends on 31 May 2027 [1][2].')).toMatchObject({ text: 'It ends on 31 May 2027. [1]', cited: [1] });
    const both = 'It ends on 31 May 2027 with three months of notice [1][2].';
    expect(check(both)).toMatchObject({ text: both, cited: [1, 2] });
  });

  it.each([
    [{ documentName: 'Boiler service 2023.pdf' }],
    [{ documentName: 'boiler_2023.pdf' }],
    [{ heading: 'Services › 2023' }],
  ])('takes the name of a file, and headings, for what stands in it: %j', (place) => {
    const named = [passage('The boiler was serviced and is in order.', place)];
    const evidence = evidenceOf(named, { question: 'When was the boiler serviced?', language: 'en', vectors });
    expect(checkAnswer('It was serviced in 2023 [1].', evidence).text).toBe('It was serviced in 2023 [1].');
    expect(checkAnswer('It was serviced in 2024 [1].', evidence).text).toBe('');
  });

  it('takes marks behind the full stop to the sentence before them, and keeps lists', () => {
    const said = 'The dates are:\n- begins on 1 June 2024 [1]\n- ends on 31 May 2027. [1]\n1. rent: 1250 euros [1]';
    expect(check(said).text).toBe(
      'The dates are:\n- begins on 1 June 2024 [1]\n- ends on 31 May 2027. [1]\n- rent: 1250 euros [1]',
    );
  });
});

describe('a sentence that it does not hold is left out', () => {
  it.each([
    ['It ends on 31 May 2028 [1].'],
    ['It ends on 14 August 2031.'],
    ['The rent is 1,350 euros [1].'],
    ['The rent is 250 euros [1].'],
    ['The lease runs for 36 months [1].'],
    ['The landlord is Mr Peter Miller [2].'],
    ['The deposit lies with Deutsche Bank [3].'],
    ['Your account is CH93 0076 2011 6238 5295 8 [3].'],
    ['Six months of notice are needed [2].'],
    ['The deposit does not lie at the cantonal bank [3].'],
    ['The rent is 1,250 dollars [1].'],
    ['The notice is three weeks [2].'],
    ['Am Dienstag, 14.10.2026 [4].'],
    ['The lease ends in July [1].'],
    ['Paris is the capital of France [1].'],
    ['I like turtles [7].'],
    ['According to the document [1].'],
    ['Frau Schmidt hat die Heizung gewartet [4].'],
  ])('%j', (said) => expect(check(said)).toEqual({ text: '', cited: [], leftOut: 1, refuses: false }));

  it('and what only repeats the question, unless it is cited', () => {
    const question = 'Does the lease begin on 1 June 2024?';
    const said = 'The lease begins on 1 June 2024';
    expect(check(`${said}.`, question)).toMatchObject({ text: '', leftOut: 1 });
    expect(check(`${said} [1].`, question)).toMatchObject({ text: `${said} [1].`, leftOut: 0 });
  });

  it('for a name that only begins like one of the passage, in its language; in another one, names are written otherwise', () => {
    const names = [
      passage('The contract was signed by Christine Berger, who lives in the upper flat.'),
      passage('Die Reise der Familie geht nach Australien und dauert drei Wochen.', { id: 2 }),
    ];
    const evidence = evidenceOf(names, { question: 'Who signed, and what for?', language: 'en', vectors });
    const kept = (said: string) => checkAnswer(said, evidence).text;
    expect(kept('The contract was signed by Mrs Christine Berger [1].')).toContain('Mrs Christine Berger');
    expect(kept('The contract was signed by Christine Bergerhoff [1].')).toBe('');
    expect(kept("It was Christine Berger's contract [1].")).toBe("It was Christine Berger's contract [1].");
    expect(kept('The contract was signed by Christian Berger [1].')).toBe('');
    expect(kept('The trip of the family goes to Australia [2].')).toBe('The trip of the family goes to Australia [1].');
    expect(kept('The trip of the family goes to Canada [2].')).toBe('');
  });

  it('and what repeats a name of the question that no passage holds, though it is cited', () => {
    const question = 'Does the lease of Peter Miller end on 31 May 2027?';
    expect(check('The lease of Peter Miller ends on 31 May 2027 [1].', question)).toMatchObject({
      text: '',
      leftOut: 1,
    });
  });

  it.each([
    [
      'when is the trip to hull and what does it cost',
      'The trip to Hull is a part of the Northmere Mutual. [1]',
      false,
    ],
    ['when is the trip to hull and what does it cost', 'The trip to Hull costs 446 pounds [1].', false],
    // The passage tells of the premium that was asked about, by other names than the question's.
    ['how high is the premium of the insurance of Nadia', 'The premium of Nadia is 446 pounds [1].', true],
  ])('for %j, where the name stands only in the question: %j (shown: %j)', (question, said, shown) => {
    const policy = [
      passage('Northmere Mutual welcomes you. The premium of this insurance is 446 pounds for the year.'),
    ];
    const kept = checkAnswer(said, evidenceOf(policy, { question, language: 'en', vectors })).text;
    expect(kept !== '').toBe(shown);
  });

  it('that was said before, and is not counted', () => {
    const twice =
      'It ends on 31 May 2027 [1]. The rent is 1,250 euros [1]. It ends on 31 May 2027. [1]\nIt ends on 31 May 2027 [2].';
    expect(check(twice)).toMatchObject({
      text: 'It ends on 31 May 2027 [1]. The rent is 1,250 euros [1].',
      leftOut: 0,
    });
  });

  it('while the others stay, and says how many went', () => {
    expect(check('It ends on 31 May 2027 [1]. The rent rises to 1,400 euros then [1].')).toEqual({
      text: 'It ends on 31 May 2027 [1].',
      cited: [1],
      leftOut: 1,
      refuses: false,
    });
  });

  it.each([
    ['The passages do not mention when the lease ends.'],
    ['In den Unterlagen steht dazu leider keine Angabe.'],
    ['Les documents ne mentionnent pas la date.'],
    ['No se menciona la fecha en los documentos.'],
  ])('a refusal in words is known as one: %j', (said) =>
    expect(check(said)).toEqual({ text: '', cited: [], leftOut: 0, refuses: true }));
});

describe('what looks like the bot’s own list of sources', () => {
  it.each([
    ['**Where I read it**\n[1] Bank statement.pdf, page 1'],
    ['Wo ich das gelesen habe:\n- [1] Kontoauszug, Seite 3'],
    ['**Where I read it** [1]\n**[1]** [1] Bank statement.pdf'],
    ['### Sources\n\n[2] notes.md'],
  ])('is left out of an answer: %j', (block) => {
    const fact = 'It ends on 31 May 2027 [1].';
    expect(check(`${fact}\n\n${block}`)).toEqual({ text: fact, cited: [1], leftOut: 0, refuses: false });
  });

  it('takes a mark at the beginning of a line to its end', () => {
    expect(check('[1] It ends on 31 May 2027.').text).toBe('It ends on 31 May 2027. [1]');
  });

  it.each(['en', 'de'] as const)('knows the heading that the bot uses (%s)', (language) => {
    expect(withoutOwnLook(`a\n${say(language, 'answer.sources')}\nb`)).toBe('a\nb');
  });
});

describe('a sentence of which the passages hold a part does not stand', () => {
  it.each([
    ['few of its words', 'The lease forbids trampolines, bagpipes and fireworks [1].'],
    ['few of its words', 'The monthly volcano jazz trumpet [1].'],
    ['hardly more than its figure', 'Volcano trumpets sing penguin jazz for 1,250 euros [1].'],
  ])('%s: %s', (_, said) => {
    expect(check(said, 'What does the contract say?')).toMatchObject({ text: '', leftOut: 1 });
  });
});
