import { expect, it } from 'vitest';
import { shownAs } from '../../../core/ask/shown-source.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import { passage } from './household.ts';

const vectors = loadTokenVectors();
const TEXT = 'Glass | Tuesday | corner\nPaper | Monday | gate\n\nThe lorry comes at six. Dogs are to be kept indoors.';
const placeOf = (question: string, heading: string) =>
  shownAs(question, vectors)(passage(TEXT, { page: null, heading }), 0).passage.heading;

it('names the first row of a table as the place of its rows, and of nothing behind its end', () => {
  const heading = 'Waste › What | When | Where';
  expect(placeOf('When is the glass collected?', heading)).toBe(heading);
  expect(placeOf('What about dogs when the lorry comes?', heading)).toBe('Waste');
  expect(placeOf('What about dogs when the lorry comes?', 'What | When | Where')).toBe('');
  expect(placeOf('What about dogs when the lorry comes?', 'Waste › 2025')).toBe('Waste › 2025');
});
