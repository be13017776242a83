import { describe, expect, it } from 'vitest';
import { isDeviceName, nameStem, sharedWords } from '../../../core/ingest/same-paper.ts';

describe('a name', () => {
  it.each([
    'scan.pdf',
    'Scan_0042.pdf',
    'IMG_20240102_113000.jpg',
    'document.pdf',
    'Dokument 3.docx',
    'image (2).png',
    '2024-01-02.pdf',
  ])('%s says nothing', (name) => expect(isDeviceName(name)).toBe(true));
  it.each([
    'rent.pdf',
    'Scan of the deed.pdf',
    'Bildung.pdf',
    'newsletter.pdf',
    'energy_bill_2024-01.pdf',
  ])('%s says something', (name) => expect(isDeviceName(name)).toBe(false));

  it.each([
    ['Contract.pdf', 'Contract_v2.pdf'],
    ['Contract.pdf', 'contract (1).pdf'],
    ['Contract.pdf', 'Contract final.docx'],
    ['Contract.pdf', 'Contract_v3_final (2).pdf'],
    ['Mietvertrag.pdf', 'Mietvertrag - Kopie.pdf'],
  ])('%s may be another version of %s', (one, other) => expect(nameStem(one)).toBe(nameStem(other)));

  it.each([
    ['energy_bill_2024-01.pdf', 'energy_bill_2024-02.pdf'],
    ['HomeShield 2023-24.pdf', 'HomeShield 2024-25.pdf'],
    ['Rechnung 11.pdf', 'Rechnung 12.pdf'],
    ['Renew.pdf', 'Re.pdf'],
  ])('%s is another paper than %s', (one, other) => expect(nameStem(one)).not.toBe(nameStem(other)));
});

it('texts share words from none to all', () => {
  expect(sharedWords('The rent is 900 Euro', 'the RENT is 900 euro!')).toBe(1);
  expect(sharedWords('rent', 'choir')).toBe(0);
  expect(sharedWords('', '')).toBe(0);
  expect(sharedWords('a b c', 'b c d')).toBe(0.5);
});
