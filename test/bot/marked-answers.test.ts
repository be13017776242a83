import { afterEach, beforeEach, expect, test } from 'vitest';
import { MarkedAnswers } from '../../bot/marked-answers.ts';
import { temporaryBotDb } from './matrix/bot-db.ts';

let place: ReturnType<typeof temporaryBotDb>;
let marked: MarkedAnswers;
beforeEach(() => {
  place = temporaryBotDb();
  marked = new MarkedAnswers(place.db);
});
afterEach(() => place.remove());

test('a reaction is the only mark of an answer until another one comes, and again when that is taken back', () => {
  marked.note('$a', '$question');
  marked.note('$a', '$question');
  marked.note('$other', '$second');
  expect(['$a', '$other', '$none'].map((one) => marked.onlyMarkOf(one))).toEqual(['$question', '$second', undefined]);
  marked.note('$b', '$question');
  expect(['$a', '$b'].map((one) => marked.onlyMarkOf(one))).toEqual([undefined, undefined]);
  marked.forget('$a');
  expect(['$a', '$b'].map((one) => marked.onlyMarkOf(one))).toEqual([undefined, '$question']);
  marked.forget('$b');
  expect(marked.onlyMarkOf('$b')).toBeUndefined();
});
