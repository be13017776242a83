import { describe, expect, it } from 'vitest';
import { checkCitations } from '../../../core/ask/check-citations.ts';

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
