import { expect, test } from 'vitest';
import type { WordsOf } from '../../../core/tenant.ts';
import { gramsOf, sampleDocument, samplePassage, sampleVector, seeded } from './sample-documents.ts';
import { useTwoPeople } from './two-people.ts';

const { people, read, write } = useTwoPeople();

const noWords: WordsOf = () => ({ grams: '', pieces: new Uint32Array() });

function addLetter(source = '$letter', texts = ['The tariff is 42 euros.', 'Der Zahlungstermin ist der 3. Mai.']) {
  return write((writer) =>
    writer.addDocument(
      sampleDocument(source),
      texts.map((text, at) => samplePassage(at, text)),
    ),
  );
}

test('a document comes back with its passages, in order', () => {
  const added = addLetter();
  expect(added).toMatchObject({ ...sampleDocument('$letter'), number: 1, passages: 2 });
  read((reader) => {
    expect(reader.documents()).toEqual([added]);
    expect(reader.document(1)).toEqual(added);
    expect(reader.document(2)).toBeUndefined();
    expect(reader.documentBySource('$letter')).toEqual(added);
    expect(reader.documentBySource('$other')).toBeUndefined();
    expect(reader.passageCount()).toBe(2);
    expect(reader.passages([2, 99, 1])).toEqual([
      {
        id: 2,
        document: 1,
        documentName: '$letter.pdf',
        position: 1,
        page: '2',
        heading: 'Letters › Insurance',
        start: 0,
        end: 34,
        text: 'Der Zahlungstermin ist der 3. Mai.',
        language: 'de',
      },
      expect.objectContaining({ id: 1, text: 'The tariff is 42 euros.', page: '1' }),
    ]);
  });
});

test('a page without a label and a document without passages are kept as they are', () => {
  write((writer) => {
    writer.addDocument(sampleDocument('$bare'), []);
    writer.addDocument(sampleDocument('$text'), [{ ...samplePassage(0, 'plain'), page: null, heading: '' }]);
  });
  expect(read((reader) => reader.document(1)?.passages)).toBe(0);
  expect(read((reader) => reader.passages([1]))).toMatchObject([{ page: null, heading: '' }]);
});

test('a repeat of the same source changes nothing and returns what is stored', () => {
  const first = addLetter();
  expect(addLetter('$letter', ['something else'])).toEqual(first);
  expect(read((reader) => reader.passageCount())).toBe(2);
});

test('numbers and passage ids are never used again', () => {
  addLetter('$one');
  addLetter('$two');
  write((writer) => writer.forgetDocument(2));
  const third = addLetter('$three');
  expect(third.number).toBe(3);
  expect(read((reader) => reader.passages([3, 4]))).toEqual([]);
  expect(read((reader) => reader.passages([5, 6])).map((passage) => passage.document)).toEqual([3, 3]);
});

test('a forgotten document is gone from every signal, and its source may not come back', () => {
  addLetter('$keep', ['The tariff is 40 euros.']);
  addLetter();
  const random = seeded(1);
  const vectors = [1, 2, 3].map((passage) => ({ passage, vector: sampleVector(random, 8) }));
  write((writer) => writer.putVectors('m', vectors));
  expect(write((writer) => writer.forgetDocument(2))).toMatchObject({ number: 2, source: '$letter' });
  expect(write((writer) => writer.forgetDocument(2))).toBeUndefined();
  read((reader) => {
    expect(reader.documents().map((document) => document.number)).toEqual([1]);
    expect(reader.wasForgotten('$letter')).toBe(true);
    expect(reader.wasForgotten('$keep')).toBe(false);
    expect(reader.passages([1, 2, 3]).map((passage) => passage.id)).toEqual([1]);
    expect(reader.lexical(gramsOf('tariff zahlungstermin'), 10).map((hit) => hit.passage)).toEqual([1]);
    expect([...reader.pieceLists()].map((list) => list.passage)).toEqual([1]);
    expect(reader.dense('m', vectors[1]!.vector, 10).map((hit) => hit.passage)).toEqual([1]);
    expect(reader.embeddingDepth('m')).toEqual({ embedded: 1, passages: 1 });
  });
  expect(() => addLetter()).toThrow(expect.objectContaining({ code: 'conflict', reason: 'source-forgotten' }));
});

test('a redaction that overtakes the reading is remembered, and one that comes later forgets the document', () => {
  write((writer) => writer.forgetSource('$early', noWords));
  expect(() => addLetter('$early')).toThrow(expect.objectContaining({ reason: 'source-forgotten' }));
  addLetter('$late');
  write((writer) => writer.forgetSource('$late', noWords));
  expect(read((reader) => [reader.documents(), reader.wasForgotten('$late')])).toEqual([[], true]);
});

test('full text finds passages by any gram, best first, no more than asked for', () => {
  addLetter('$a', [
    'Haftpflichtversicherung und Hausrat',
    'Versicherung',
    'Beleg vom Zahnarzt',
    'Ein Satz ohne Treffer',
  ]);
  read((reader) => {
    const hits = reader.lexical(gramsOf('versicherung'), 10);
    expect(hits.map((hit) => hit.passage)).toEqual([2, 1]);
    expect(hits[0]!.score).toBeGreaterThan(hits[1]!.score);
    expect(hits[1]!.score).toBeGreaterThan(0);
    expect(reader.lexical(gramsOf('versicherung'), 1)).toHaveLength(1);
    expect(reader.lexical(gramsOf('xylophon'), 10)).toEqual([]);
    expect(reader.lexical([], 10)).toEqual([]);
    expect(reader.lexical([''], 10)).toEqual([]);
  });
});

test('a question is never a query language: quotes, operators and thousands of grams are only words', () => {
  addLetter('$a', ['near the end of all columns', 'Zürich straße 日本']);
  read((reader) => {
    for (const gram of ['"', '""', 'NEAR(', 'a OR b', 'grams:x', '*', '^', '-', "'; DROP TABLE passages"]) {
      expect(() => reader.lexical([gram], 10), gram).not.toThrow();
    }
    const many = Array.from({ length: 4_000 }, (_, index) => `g${index}`);
    expect(reader.lexical([...many, 'zürich'], 10).map((hit) => hit.passage)).toEqual([2]);
    expect(reader.lexical(['^zür', '日本'], 10).map((hit) => hit.passage)).toEqual([2]);
    expect(reader.lexical(['zurich'], 10)).toEqual([]);
  });
});

test('word pieces come back for every passage, over many blocks, while other reading goes on', () => {
  const passages = Array.from({ length: 1_203 }, (_, at) => samplePassage(at, `p${at}`, [at, at + 1, at + 185_000]));
  write((writer) => writer.addDocument(sampleDocument('$long'), passages));
  read((reader) => {
    let count = 0;
    for (const { passage, pieces } of reader.pieceLists()) {
      expect([...pieces]).toEqual([passage - 1, passage, passage + 184_999]);
      if (count++ % 500 === 0) expect(reader.passages([passage])).toHaveLength(1);
    }
    expect(count).toBe(1_203);
    for (const list of reader.pieceLists()) if (list.passage === 3) break;
    expect(reader.passageCount()).toBe(1_203);
  });
});

test('dense search is exact cosine similarity, models stay apart', () => {
  const seed = 7;
  const random = seeded(seed);
  addLetter(
    '$a',
    Array.from({ length: 300 }, (_, at) => `passage ${at}`),
  );
  const vectors = Array.from({ length: 300 }, (_, at) => ({ passage: at + 1, vector: sampleVector(random, 16) }));
  write((writer) => writer.putVectors('small', vectors));
  write((writer) => writer.putVectors('other', [{ passage: 1, vector: sampleVector(random, 4) }]));
  const query = sampleVector(random, 16);
  const expected = vectors
    .map(({ passage, vector }) => ({ passage, score: vector.reduce((sum, value, at) => sum + value * query[at]!, 0) }))
    .sort((left, right) => right.score - left.score);
  read((reader) => {
    const hits = reader.dense('small', query, 20);
    expect(hits.map((hit) => hit.passage)).toEqual(expected.slice(0, 20).map((hit) => hit.passage));
    for (const [at, hit] of hits.entries()) expect(hit.score, `seed ${seed}`).toBeCloseTo(expected[at]!.score, 5);
    expect(reader.dense('small', query, 100_000)).toHaveLength(300);
    expect(reader.dense('unknown', query, 5)).toEqual([]);
    expect(reader.dense('other', sampleVector(random, 4), 5)).toHaveLength(1);
  });
});

test('vectors of another size than the model had, or that are no numbers, are refused, and the whole write with them', () => {
  addLetter();
  const vector = sampleVector(seeded(1), 8);
  write((writer) => writer.putVectors('m', [{ passage: 1, vector }]));
  const refusal = expect.objectContaining({ code: 'invalid', reason: 'vector-size' });
  for (const wrong of [vector.slice(1), new Float32Array(8).fill(Number.NaN), new Float32Array(0)]) {
    const vectors = [
      { passage: 2, vector },
      { passage: 2, vector: wrong },
    ];
    expect(() => write((writer) => writer.putVectors('m', vectors))).toThrow(refusal);
    expect(() => read((reader) => reader.dense('m', wrong, 5))).toThrow(refusal);
  }
  expect(read((reader) => reader.embeddingDepth('m'))).toEqual({ embedded: 1, passages: 2 });
});

test('a vector put again replaces the old one, and one of a passage that is gone is left out', () => {
  addLetter();
  const random = seeded(3);
  const [first, second] = [sampleVector(random, 8), sampleVector(random, 8)];
  write((writer) => writer.putVectors('m', [{ passage: 1, vector: first }]));
  write((writer) =>
    writer.putVectors('m', [
      { passage: 1, vector: second },
      { passage: 99, vector: first },
    ]),
  );
  const hits = read((reader) => reader.dense('m', second, 5));
  expect(hits).toEqual([{ passage: 1, score: expect.closeTo(1, 5) }]);
});

test('what waits for a model is named oldest document first, until it is embedded', () => {
  addLetter('$one');
  addLetter('$two');
  const waiting = (model: string) => read((reader) => reader.passagesToEmbed(model, 3).map((passage) => passage.id));
  expect(waiting('m')).toEqual([1, 2, 3]);
  const vector = sampleVector(seeded(1), 8);
  write((writer) =>
    writer.putVectors(
      'm',
      [1, 3].map((passage) => ({ passage, vector })),
    ),
  );
  expect(waiting('m')).toEqual([2, 4]);
  expect(waiting('n')).toEqual([1, 2, 3]);
  expect(read((reader) => reader.embeddingDepth('m'))).toEqual({ embedded: 2, passages: 4 });
  expect(read((reader) => reader.embeddingDepth('n'))).toEqual({ embedded: 0, passages: 4 });
});

test('turns are kept by conversation, a repeat changes nothing, and they go only when asked', () => {
  const turn = (event: string, room: string, at: number) => ({
    ...{ event, room, question: 'q', answer: event, at },
    ...{ passages: [at], model: 'm' },
  });
  addLetter();
  write((writer) => {
    for (let at = 1; at <= 5; at++) writer.addTurn(turn(`$${at}`, '!a', at));
    writer.addTurn(turn('$b', '!b', 9));
    writer.addTurn({ ...turn('$5', '!a', 5), answer: 'changed' });
    writer.forgetDocument(1);
  });
  const events = (room: string, limit = 10) => read((reader) => reader.turns(room, limit).map((kept) => kept.answer));
  expect(events('!a', 2)).toEqual(['$4', '$5']);
  expect(read((reader) => reader.turns('!b', 5))).toEqual([turn('$b', '!b', 9)]);
  expect(events('!a', 0)).toEqual([]);
  expect(write((writer) => writer.forgetTurns('!a'))).toBe(5);
  expect(events('!b')).toEqual(['$b']);
  expect(write((writer) => writer.forgetTurns())).toBe(1);
  expect(events('!b')).toEqual([]);
});

test('turns go by age, and tell how many there are', () => {
  const turn = (at: number) => ({
    event: `$${at}`,
    room: '!a',
    question: 'q',
    answer: '',
    at,
    passages: [3, 4],
    model: null,
  });
  expect(read((reader) => reader.memorySize())).toEqual({ turns: 0, oldest: undefined });
  write((writer) => [5, 7, 9].map((at) => writer.addTurn(turn(at))));
  expect(read((reader) => reader.memorySize())).toMatchObject({ turns: 3, oldest: 5 });
  expect(write((writer) => writer.forgetTurnsBefore(7))).toBe(1);
  expect(read((reader) => reader.memorySize())).toMatchObject({ turns: 2, oldest: 7 });
  expect(read((reader) => reader.turnOf('$9'))).toEqual(turn(9));
  expect(read((reader) => reader.turnOf('$5'))).toBeUndefined();
});

test('answers marked as bad are kept once, and go when one of their documents does', () => {
  addLetter();
  const ids = read((reader) => reader.passagesToEmbed('m', 9).map(({ id }) => id));
  const bad = (event: string, passages: number[], at: number) => ({
    ...{ event, question: 'q', answer: 'a', passages, model: 'm', at },
  });
  write((writer) => {
    expect(writer.addBadAnswer(bad('$1', [ids[0]!, 99], 1))).toBe(true);
    expect(writer.addBadAnswer(bad('$1', [], 5))).toBe(false);
    expect(writer.addBadAnswer(bad('$2', [99], 2))).toBe(true);
    writer.noteRoom('$letter', '!room');
  });
  expect(read((reader) => reader.badAnswers())).toEqual([bad('$2', [99], 2), bad('$1', [ids[0]!, 99], 1)]);
  expect(read((reader) => reader.roomOf('$letter'))).toBe('!room');
  write((writer) => writer.forgetDocument(1));
  expect(read((reader) => reader.badAnswers().map(({ event }) => event))).toEqual(['$2']);
  expect(read((reader) => reader.roomOf('$letter'))).toBeUndefined();
  expect(write((writer) => writer.forgetBadAnswers())).toBe(1);
  expect(read((reader) => reader.badAnswers())).toEqual([]);
});

test('one answer is taken out of those marked as bad, and its turn stays where it was', () => {
  const turn = (event: string, at: number) => ({
    ...{ event, room: '!a', question: event, answer: 'a', at, passages: [], model: null },
  });
  write((writer) => {
    for (const [at, event] of ['$1', '$2', '$3'].entries()) writer.addTurn(turn(event, at));
    for (const event of ['$1', '$2']) writer.addBadAnswer(turn(event, 1));
    writer.forgetBadAnswer('$1');
    writer.forgetBadAnswer('$3');
  });
  expect(read((reader) => reader.badAnswers().map(({ event }) => event))).toEqual(['$2']);
  expect(read((reader) => reader.turns('!a', 9).map(({ event }) => event))).toEqual(['$1', '$2', '$3']);
});

test('settings are kept per tenant', () => {
  write((writer) => writer.setSetting('memory', 'off'));
  write((writer) => writer.setSetting('memory', 'on'));
  expect(read((reader) => reader.setting('memory'))).toBe('on');
  expect(read((reader) => reader.setting('absent'))).toBeUndefined();
  expect(people().state.vault.read(people().ben, (reader) => reader.setting('memory'))).toBeUndefined();
});

test('nothing of one tenant shows in any method of another', () => {
  addLetter();
  const vector = sampleVector(seeded(1), 8);
  write((writer) => {
    writer.putVectors('m', [{ passage: 1, vector }]);
    const turn = { event: '$q', room: '!a', question: 'q', answer: 'a', at: 1, passages: [1], model: null };
    writer.addTurn(turn);
    writer.addBadAnswer(turn);
    writer.noteRoom('$letter', '!a');
    writer.forgetSource('$gone', noWords);
  });
  people().state.vault.read(people().ben, (reader) => {
    expect(reader.documents()).toEqual([]);
    expect(reader.document(1)).toBeUndefined();
    expect(reader.documentBySource('$letter')).toBeUndefined();
    expect(reader.wasForgotten('$gone')).toBe(false);
    expect(reader.passages([1, 2])).toEqual([]);
    expect(reader.passageCount()).toBe(0);
    expect(reader.lexical(gramsOf('tariff'), 10)).toEqual([]);
    expect([...reader.pieceLists()]).toEqual([]);
    expect(reader.dense('m', vector, 10)).toEqual([]);
    expect(reader.turns('!a', 10)).toEqual([]);
    expect(reader.turnOf('$q')).toBeUndefined();
    expect(reader.memorySize()).toEqual({ turns: 0, oldest: undefined });
    expect(reader.badAnswers()).toEqual([]);
    expect(reader.roomOf('$letter')).toBeUndefined();
    expect(reader.passagesToEmbed('m', 10)).toEqual([]);
  });
  expect(people().state.vault.write(people().ben, (writer) => writer.forgetDocument(1))).toBeUndefined();
  expect(read((reader) => reader.documents())).toHaveLength(1);
});
