import { describe, expect, it } from 'vitest';
import { factsOf } from '../../../core/ask/facts.ts';

describe('factsOf', () => {
  it.each([
    '14.10.2025',
    '14. 10. 2025',
    '14/10/2025',
    '10/14/2025',
    '14.10.25',
    '2025-10-14',
    'IMG_20251014_0007.jpg',
    '14. Oktober 2025',
    '14 October 2025',
    'October 14th, 2025',
    '14 de octubre de 2025',
    '14 octobre 2025',
    '14 października 2025',
    '14 Ekim 2025',
    '2025年10月14日',
  ])('reads %s as the same day', (text) => {
    expect(factsOf(text)).toEqual(expect.arrayContaining(['d20251014', 'm202510', 'mon10', 'day1014']));
  });

  it.each([
    ['energy_bill_2024-01.pdf', ['mon01', 'm202401']],
    ['the january bill', ['mon01']],
    ['temmuzdan sonra', ['mon07']],
    ['gas reading 5 may 24', ['mon05', 'm202405', 'day0505', 'd20240505']],
    ['from 3 June to 5 July', ['mon06', 'day0603', 'mon07', 'day0705']],
  ])('finds what %s says of a time', (text, facts) => {
    expect(factsOf(text).filter((fact) => !fact.startsWith('n'))).toEqual(facts);
  });

  it.each(['1.234,56 €', '£1,234.56', '1 234,56', "1'234.56", '1234,56'])('reads %s as the same amount', (text) => {
    expect(factsOf(text)).toEqual(['n1234c56']);
  });

  it('takes even amounts with and without their zeros, and years for no amounts', () => {
    expect([factsOf('1.947,00'), factsOf('1,947'), factsOf('1947 euros')]).toEqual([['n1947'], ['n1947'], []]);
    expect(factsOf('2360')).toEqual(factsOf('2.360,00'));
  });

  it('takes words that only look like months for what they are', () => {
    for (const text of ['may we drop the kids', 'una marca de mayo', 'march on', 'version 1.2.3', '192.168.1.10', 'x'])
      expect(factsOf(text), text).toEqual([]);
  });

  it('is quick on a long text of figures', () => {
    const text = '12.03.2024 1.234,56 14 may 2024 99/99/9999 '.repeat(2000);
    expect(factsOf(text).length).toBeGreaterThan(10_000);
  });
});
