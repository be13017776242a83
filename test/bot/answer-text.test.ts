import { describe, expect, it } from 'vitest';
import { answerText } from '../../bot/answer-text.ts';
import { extract } from '../../bot/passage-extract.ts';
import { snippet } from '../../bot/snippet.ts';
import type { Passage } from '../../core/document.ts';
import type { Source } from '../../core/question.ts';

let nextId = 1;

function source(number: number, changes: Partial<Passage> = {}): Source {
  const text = 'The rent is due on the third working day of each month.';
  return {
    number,
    passage: {
      ...{ id: nextId++, document: 1, documentName: 'Rental contract.pdf', position: 0, page: '3' },
      ...{ heading: '', start: 0, end: text.length, text },
      ...changes,
    },
  };
}

describe('a model’s answer', () => {
  it('is followed by numbered sources with file and page', () => {
    const sources = [source(1), source(2, { document: 2, documentName: 'Budget.csv', page: 'Sheet 1' })];
    expect(
      answerText(
        'en',
        { kind: 'answered', text: 'On the third working day [1][2].', sources, leftOut: 0, model: 'm' },
        { question: 'q' },
      ),
    ).toBe(
      'On the third working day [1][2].\n\n**Where I read it**\n[1] Rental contract.pdf, page 3\n[2] Budget.csv, Sheet 1',
    );
    expect(
      answerText('de', { kind: 'answered', text: 'Am dritten.', sources, leftOut: 0, model: 'm' }, { question: 'q' }),
    ).toContain('**Wo ich das gelesen habe**\n[1] Rental contract.pdf, Seite 3');
  });

  it('names a place once, however often it is cited', () => {
    const sources = [source(1), source(2, { page: 'iv' }), source(3)];
    expect(
      answerText('en', { kind: 'answered', text: 'x', sources, leftOut: 0, model: 'm' }, { question: 'q' }),
    ).toContain('\n[1] [3] Rental contract.pdf, page 3\n[2] Rental contract.pdf, page iv');
  });

  it('names the heading where there are no pages', () => {
    const notes = { documentName: 'notes.md', page: null, heading: 'Garden › Roses' };
    const sources = [
      source(1, notes),
      source(2, { ...notes, heading: 'Garden › Peas' }),
      source(3, { ...notes, heading: '' }),
    ];
    expect(
      answerText('en', { kind: 'answered', text: 'x', sources, leftOut: 0, model: 'm' }, { question: 'q' }),
    ).toContain('[1] notes.md, Garden › Roses\n[2] notes.md, Garden › Peas\n[3] notes.md');
  });

  it('lets no file name become markup', () => {
    const sources = [source(1, { documentName: '**a** [x](https://b.c) @room.pdf' })];
    const text = answerText('en', { kind: 'answered', text: 'x', sources, leftOut: 0, model: 'm' }, { question: 'q' });
    expect(text).toContain('\\*\\*a\\*\\* \\[x\\](https:\u2060//b.c) @\u2060room.pdf');
  });

  it('stays under 8,000 bytes and keeps its sources', () => {
    const sources = Array.from({ length: 60 }, (_, at) =>
      source(at + 1, { document: at, documentName: '文'.repeat(40) }),
    );
    for (const text of ['Wort '.repeat(5000), '文'.repeat(9000), '👨‍👩‍👧'.repeat(2000)]) {
      const shown = answerText('en', { kind: 'answered', text, sources, leftOut: 0, model: 'm' }, { question: 'q' });
      expect(Buffer.byteLength(shown)).toBeLessThan(8000);
      expect(shown).toContain('[1] 文');
      expect(shown).toContain('would not fit');
      expect(shown).not.toContain('\ufffd');
    }
  });
});

describe('an answer without a model', () => {
  it('shows the places, and claims nothing', () => {
    const text = answerText(
      'en',
      { kind: 'passages', sources: [source(1), source(2, { page: '4' })], reason: 'no-model' },
      { question: 'rent' },
    );
    expect(text).toBe(
      [
        "**These places come closest.** I can't tell whether they answer your question.",
        '**[1] Rental contract.pdf, page 3**\n“The rent is due on the third working day of each month.”',
        '**[2] Rental contract.pdf, page 4**\n“The rent is due on the third working day of each month.”',
      ].join('\n\n'),
    );
    expect(
      answerText('de', { kind: 'passages', sources: [source(1)], reason: 'model-failed' }, { question: 'x' }),
    ).toMatch(/^\*\*Das Sprachmodell hat gerade nicht geantwortet,\*\*.*„The rent/s);
  });

  it('shows document text as text only', () => {
    const text = '<img src=x> **bold** [click](https://evil.example) @room\n# head';
    const shown = answerText(
      'en',
      { kind: 'passages', sources: [source(1, { text })], reason: 'no-model' },
      { question: 'x' },
    );
    expect(shown).toContain(
      '“\\<img src=x\\> \\*\\*bold\\*\\* \\[click\\](``https://evil.example``) @\u2060room head”',
    );
  });

  it('shows the nearest sentence first, and marks it', () => {
    const text = 'The flat is in *Mill* Road. The deposit is 2400 francs. It lies at the bank.';
    const best = { start: 28, end: 55 };
    const shown = answerText(
      'en',
      { kind: 'passages', sources: [{ ...source(1, { text }), best }], reason: 'no-model' },
      { question: 'x' },
    );
    expect(shown).toContain('“The flat is in \\*Mill\\* Road. **The deposit is 2400 francs.** It lies at the bank.”');
    const whole = { ...source(1, { text: `${'x'.repeat(500)}. y` }), best: { start: 0, end: 501 } };
    const long = answerText('en', { kind: 'passages', sources: [whole], reason: 'no-model' }, { question: 'x' });
    expect(long.length).toBeLessThan(500);
  });

  it('stays under 8,000 bytes whatever the passages hold', () => {
    const sources = Array.from({ length: 20 }, (_, at) =>
      source(at + 1, { text: '*文'.repeat(3000), documentName: '文'.repeat(200) }),
    );
    expect(
      Buffer.byteLength(answerText('de', { kind: 'passages', sources, reason: 'no-model' }, { question: '文' })),
    ).toBeLessThan(8000);
  });
});

describe('the frame of an answer', () => {
  const shown = (own: 'en' | 'de', question: string) =>
    answerText(own, { kind: 'passages', sources: [source(1)], reason: 'no-model' }, { question });

  it('is in the language of the question where that is surely one of ours, else in the person’s own', () => {
    for (const own of ['en', 'de'] as const) {
      expect(shown(own, 'Wie hoch ist die Miete?')).toMatch(/^\*\*Diese Stellen.*Seite 3/s);
      expect(shown(own, 'When is the rent due?')).toMatch(/^\*\*These places.*page 3/s);
    }
    for (const question of ['Müller 2024', 'Quel est le montant du loyer ?', 'q']) {
      expect(shown('en', question), question).toMatch(/^\*\*These places/);
      expect(shown('de', question), question).toMatch(/^\*\*Diese Stellen/);
    }
  });

  it('has its sources and notes in that language as well', () => {
    const sources = [source(1)];
    const answer = { kind: 'answered', text: 'Am dritten Tag [1].', sources, leftOut: 1, model: 'm' } as const;
    expect(answerText('en', answer, { question: 'Wann ist die Miete fällig?' })).toMatch(
      /Satz habe ich weggelassen.*Wo ich das gelesen habe.*Seite 3/s,
    );
    const long = { ...answer, text: 'Am dritten Tag [1]. '.repeat(900) };
    expect(answerText('en', long, { question: 'Wann ist die Miete fällig?' })).toContain('Der Rest passt nicht');
  });
});

describe('no answer', () => {
  it('without a model claims nothing about the documents, however little fits', () => {
    for (const language of ['en', 'de'] as const) {
      const weak = answerText(language, { kind: 'passages', sources: [source(1)], reason: 'weak' }, { question: 'q' });
      expect(weak).toMatch(/^\*\*(I can't tell whether|Ob eine dieser Stellen .* kann ich nicht beurteilen)/);
      expect(weak).not.toMatch(/don't say|steht nichts/);
      const none = answerText(language, { kind: 'no-match' }, { question: 'hdjkshdkjsh' });
      expect(none).toMatch(/^(I found nothing that fits|Ich habe nichts gefunden, was passt)/);
    }
  });

  it('says so, and may name the nearest places', () => {
    expect(answerText('en', { kind: 'nothing', nearest: [] }, { question: 'q' })).toBe("Your documents don't say.");
    expect(
      answerText(
        'de',
        { kind: 'nothing', nearest: [1, 2, 3, 4].map((n) => source(n, { page: String(n) })) },
        { question: 'q' },
      ),
    ).toBe(
      'Davon steht nichts in deinen Unterlagen.\n\nDiese Stellen kommen am nächsten:\n\n**[1] Rental contract.pdf, Seite 1**\n„The rent is due on the third working day of each month.“\n\n**[2] Rental contract.pdf, Seite 2**\n„The rent is due on the third working day of each month.“\n\n**[3] Rental contract.pdf, Seite 3**\n„The rent is due on the third working day of each month.“',
    );
    const long = (n: number) => source(n, { page: String(n), text: `${'The roof was mended in May. '.repeat(60)}` });
    const shown = answerText('en', { kind: 'nothing', nearest: [long(1), long(2), long(3)] }, { question: 'roof?' });
    const quoted = [...shown.matchAll(/“(.*?)”/g)].map(([, words = '']) => words.length);
    expect(quoted).toHaveLength(3);
    expect(quoted[0]).toBeGreaterThan(200);
    for (const length of quoted.slice(1)) expect(length).toBeLessThanOrEqual(160);
    const wide = source(1, { text: '*文'.repeat(3000), documentName: '文'.repeat(200) });
    expect(
      Buffer.byteLength(answerText('de', { kind: 'nothing', nearest: [wide, wide, wide] }, { question: '文' })),
    ).toBeLessThan(8000);
    expect(answerText('en', { kind: 'empty' }, { question: 'q' })).toMatch(/^I don't have any document of yours yet/);
  });
});

describe('extract', () => {
  const around = (passage: string, sentence: string, longest = 120) => {
    const start = passage.indexOf(sentence);
    return extract(passage, { start, end: start + sentence.length }, longest);
  };
  const filler = 'Nothing of interest stands in this sentence here. ';

  it('shows the heading above the sentence, and what "it" means', () => {
    const heading = `${filler.repeat(4)}\n\n## Deposit\n\n2400 francs lie at the bank. ${filler.repeat(4)}`;
    expect(around(heading, '2400 francs lie at the bank.').before).toBe('… Deposit');
    const pronoun = `${filler.repeat(4)}The deposit is paid. It lies at the bank. ${filler.repeat(4)}`;
    expect(around(pronoun, 'It lies at the bank.').before).toBe('… The deposit is paid.');
  });

  it('fills its room from both sides, and says where something is left out', () => {
    const last = `${filler.repeat(3)}The end.`;
    expect(around(last, 'The end.')).toEqual({ before: `… ${filler.repeat(2).trim()}`, best: 'The end.', after: '' });
    const first = around(`The start. ${filler.repeat(3)}`, 'The start.');
    expect(first).toMatchObject({ before: '', best: 'The start.' });
    expect(first.after).toMatch(/^Nothing of .*…$/);
    expect(around('One. Two. Three.', 'Two.')).toEqual({ before: 'One.', best: 'Two.', after: 'Three.' });
  });

  it('stays within its length wherever the sentence stands', () => {
    const text = `# Head\n\n${filler.repeat(3)}\n${'x'.repeat(200)}. ${filler.repeat(5)}Key: 4.\n\n${filler}`;
    for (const sentence of text.split(/(?<=\.) |\n+/).filter(Boolean)) {
      const { before, best, after } = around(text, sentence);
      expect([before, best, after].filter(Boolean).join(' ').length).toBeLessThanOrEqual(124);
    }
  });
});

it('folds a note away below its file; where it comes nearest it is shown with the file’s own words', () => {
  const note = { page: 'your note', text: 'The fees of the swimming club.' };
  const shown = (sources: Source[]) =>
    answerText('de', { kind: 'passages', sources, reason: 'no-model' }, { question: 'fees' });
  const folded = shown([source(1), source(2, note), source(3, { document: 2, page: '4' })]);
  expect(folded).not.toContain('swimming');
  expect(folded).toContain('[2] Rental contract.pdf, Seite 4');
  const first = shown([source(1, note), source(2, { page: '4' }), source(3, { document: 2, page: '5' })]);
  expect(first).toContain('**[1] Rental contract.pdf, Seite 4**\n„The rent is due');
  expect(first).toContain('month.“\nDeine Notiz dazu: „The fees of the swimming club.“');
  expect(first).toContain('**[2] Rental contract.pdf, Seite 5**');
  expect(shown([source(1, note)])).toContain('[1] Rental contract.pdf, your note**\n„The fees of');
  expect(shown([source(1), source(2, { ...note, document: 2 })])).toContain('swimming');
});

describe('rows of a table', () => {
  const row = (item: string, mark: string, who: string) =>
    `${item} | ${mark || '–'} | ${who} (Item: ${item}; ${mark && `Mark: ${mark}; `}Who gets it: ${who})`;
  const rows = [row('Clock', '', 'Daniel'), row('Ring', 'T 1.5.10 M', 'Lena'), row('Piano', 'x'.repeat(80), 'Oskar')];
  const shown = (changes: Partial<Passage>, longest = 320) => {
    const { text, heading } = source(1, changes).passage;
    const start = text.indexOf('Ring |');
    const end = text.indexOf('\n', start);
    return extract(text, { start, end: end < 0 ? text.length : end, heading }, longest);
  };

  it('have a line each in a message, below the names of their columns', () => {
    const text = `# Wishes\n\nItem | Mark | Who gets it\n${rows.join('\n')}`;
    const start = text.indexOf('Clock |');
    const best = { start, end: text.indexOf('\n', start) };
    const answer = { kind: 'passages', sources: [{ ...source(1, { text }), best }], reason: 'no-model' } as const;
    expect(answerText('en', answer, { question: 'x' }).replaceAll('\\', '')).toContain(
      '“Wishes\nItem | Mark | Who gets it\n**Clock | – | Daniel**\nRing | T 1.5.10 M | Lena\n',
    );
  });

  it('have those names above them where the table began in an earlier passage', () => {
    const { before, best } = shown({ text: rows.slice(1).join('\n'), heading: 'Wishes › Item | Mark | Who gets it' });
    expect(before).toBe('Item | Mark | Who gets it\n');
    expect(best).toBe('Ring | T 1.5.10 M | Lena');
    expect(shown({ text: rows.slice(1).join('\n'), heading: 'Wishes' }).before).toBe('');
  });

  it('are shown whole or not at all', () => {
    const whole = rows.map((each) => each.replace(/ \(Item.*/, ''));
    for (let longest = 30; longest < 260; longest++) {
      const { before, best, after } = shown({ text: rows.join('\n') }, longest);
      expect(best).toBe(whole[1]);
      for (const line of `${before}${after}`.split('\n')) expect(['', '…', whole[0], whole[2]]).toContain(line);
      for (const line of snippet(rows.join('\n'), 'piano', Math.max(longest, 120)).split('\n'))
        expect(['', '…', ...whole]).toContain(line.replace(/^…/, ''));
    }
  });

  it('are no place of a source', () => {
    const text = answerText(
      'en',
      {
        ...{ kind: 'answered', text: 'x [1]', leftOut: 0, model: 'm' },
        sources: [source(1, { page: null, heading: 'Schedule 1 › Room | Item' })],
      },
      { question: 'q' },
    );
    expect(text).toMatch(/\[1\] Rental contract\.pdf, Schedule 1$/);
  });
});

describe('snippet', () => {
  const filler = 'Nothing of interest stands in this sentence at all. ';
  const key = 'The deposit amounts to three monthly rents. ';

  it('keeps short passages whole, on one line', () => {
    expect(snippet('Two\n lines.', 'lines', 100)).toBe('Two lines.');
  });

  it('leaves out the marks of headings', () => {
    expect(snippet('# § 6 Pets\n\nNo dogs, item #3.\n## § 7', 'dogs', 100)).toBe('§ 6 Pets No dogs, item #3. § 7');
  });

  it('shows the sentence that holds the words of the question', () => {
    const shown = snippet(filler.repeat(10) + key + filler.repeat(10), 'How high is the deposit?', 120);
    expect(shown).toMatch(/^…The deposit amounts to three monthly rents\. .*…$/);
    expect(shown.length).toBeLessThanOrEqual(120);
  });

  it('finds inflected words and compounds', () => {
    const text = `${'Hier steht nichts davon. '.repeat(20)}Der Mietvertrag wurde gekündigt. ${'Und hier auch nicht. '.repeat(20)}`;
    expect(snippet(text, 'Verträge der Miete?', 100)).toContain('Mietvertrag');
    expect(snippet(text, 'KUENDIGUNG gekündigte', 100)).toContain('gekündigt');
  });

  it('prefers the place with most different words', () => {
    const text = `rent rent rent rent. ${filler.repeat(8)}The rent and the deposit. ${filler.repeat(8)}`;
    expect(snippet(text, 'rent deposit', 100)).toContain('deposit');
  });

  it('does not count words that every sentence holds', () => {
    const text = `This is what the landlord is: it is not when and how. ${filler.repeat(8)}The rent: 940 euros. ${filler.repeat(8)}`;
    expect(snippet(text, 'What is the rent and when is it?', 100)).toContain('940 euros');
  });

  it('works where words are not separated by blanks', () => {
    const shown = snippet(
      `${'天气很好。'.repeat(60)}押金是三个月的租金。${'天气很好。'.repeat(60)}`,
      '押金是多少？',
      60,
    );
    expect(shown).toContain('押金');
    expect(shown.length).toBeLessThanOrEqual(60);
  });

  it('says what was left out, and when nothing of a model stood in the documents', () => {
    const cut = answerText(
      'en',
      { kind: 'answered', text: 'x [1]', sources: [source(1)], leftOut: 2, model: 'm' },
      { question: 'q' },
    );
    expect(cut).toMatch(/x \[1\]\n\n\(I left out 2 sentences/);
    expect(
      answerText('de', { kind: 'passages', sources: [source(1)], reason: 'unsupported' }, { question: 'x' }),
    ).toMatch(/keine Antwort, die deine Unterlagen belegen/);
  });

  it('links a source to the message that its file came in, and nothing that is no such link', () => {
    const links = new Map([
      [1, 'https://matrix.to/#/!room%3Ahome.test/%24event?via=home.test'],
      [2, 'https://evil.example/#/!room/%24event?via=home.test'],
    ]);
    const sources = [source(1), source(2, { document: 2, page: null })];
    const answer = { kind: 'answered', text: 'x [1][2]', sources, leftOut: 0, model: 'm' } as const;
    expect(answerText('en', answer, { question: 'q', links })).toBe(
      'x [1][2]\n\n**Where I read it**\n[1] Rental contract.pdf, page 3 [↗](https://matrix.to/#/!room%3Ahome.test/%24event?via=home.test)\n[2] Rental contract.pdf',
    );
  });

  it('answers small talk in a few words', () => {
    const at = Date.UTC(2026, 10, 25, 12);
    const said = (what: 'thanks' | 'greeting' | 'acknowledgement' | 'date', question: string) =>
      answerText('en', { kind: 'small-talk', what, at }, { question });
    expect(said('thanks', 'thanks')).toBe("You're welcome!");
    expect(said('greeting', 'Guten Morgen')).toMatch(/^Hallo!/);
    expect(said('thanks', 'danke!')).toBe('Gern geschehen!');
    expect(said('acknowledgement', 'ok')).toBe('All right.');
    expect(said('date', 'what is the date?')).toMatch(/^By my clock it is 25 Nov 2026/);
    expect(said('date', 'Welches Datum ist heute?')).toMatch(/^Nach meiner Uhr ist es 25\.11\.2026/);
  });

  it('never cuts a character in two, and never grows', () => {
    for (let longest = 20; longest < 60; longest++) {
      const shown = snippet('👩‍👩‍👧'.repeat(200), 'x', longest);
      expect(shown.isWellFormed()).toBe(true);
      expect(shown.length).toBeLessThanOrEqual(longest);
    }
  });
});
