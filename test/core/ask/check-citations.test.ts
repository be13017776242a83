import { describe, expect, it } from 'vitest';
import { checkCitations, supportOf } from '../../../core/ask/check-citations.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import { passage } from './household.ts';

describe('checkCitations', () => {
  it.each([
    ['It ends in May [1].', 'It ends in May [1].', [1]],
    ['It ends [1, 3] in May [2][1].', 'It ends [1][3] in May [2][1].', [1, 2, 3]],
    ['It ends in May [4].', 'It ends in May.', []],
    ['It ends in May [1, 9].', 'It ends in May [1].', [1]],
    ['It ends【2】, says [Passage 3] and [quelle 1] [^2].', 'It ends[2], says [3] and [1] [2].', [1, 2, 3]],
    ['Twice [2; 2 and 1].', 'Twice [2][1].', [1, 2]],
    ['The year [2024] stays, [0] goes.', 'The year [2024] stays, goes.', []],
    ['[x] and [see page 2] stay', '[x] and [see page 2] stay', []],
    ['', '', []],
  ])('%j', (text, checked, cited) => {
    const result = checkCitations(text, 3);
    expect(result.text.replace(/ {2,}/g, ' ')).toBe(checked);
    expect(result.cited).toEqual(cited);
  });
});

describe('supportOf', () => {
  const vectors = loadTokenVectors();
  const passages = [
    passage('The lease begins on 1 June 2024 and ends on 31 May 2027. The monthly rent is 1,250 euros.'),
    passage('Notice of three months has to be given in writing to the landlord, Mrs Okonjo-Reyes.', { id: 2 }),
  ];
  const support = (answer: string, question = 'When does the lease end?') =>
    supportOf(answer, { question, passages, vectors });

  it.each([
    ['It ends on 31 May 2027.', [1]],
    ['On 31 May 2027. Notice of three months has to be given in writing.', [1, 2]],
    ['Mrs Okonjo-Reyes is the landlord.', [2]],
    ['Am 31. Mai 2027.', [1]],
  ])('finds it for %j', (answer, numbers) => expect(support(answer)).toEqual(numbers));

  it.each([
    ['The lease does not end.'],
    ['The passages do not mention when the lease ends.'],
    ['In den Unterlagen steht dazu leider keine Angabe.'],
    ['It ends on 14 August 2031.'],
    ['Paris is the capital of France.'],
    [''],
  ])('finds none for %j', (answer) => expect(support(answer)).toEqual([]));
});
