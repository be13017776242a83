import { describe, expect, it } from 'vitest';
import { isOtherOccasion, nameStem, sharedWords } from '../../../core/ingest/same-paper.ts';

describe('a name', () => {
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

it.each([
  [
    'Statement of 31.01.2024, paid 05.01.2024 and 19.01.2024',
    'Statement of 29.02.2024, paid 05.02.2024, before: 31.01.2024',
  ],
  ['Invoice of 3 March 2024, customer since 1 May 2019', 'Invoice of 3 April 2024, customer since 1 May 2019'],
  ['Abrechnung für Januar 2024', 'Abrechnung für Februar 2024'],
  ['Rechnung Nr. 2024-117 vom 1.3.2024, Kunde Nr. 88', 'Rechnung Nr. 2024-118 vom 1.3.2024, Kunde Nr. 88'],
  ['Sick note for Emma Meier, unfit for school this week.', 'Sick note for Paul Meier, unfit for school this week.'],
  ['Bescheinigung: Emma Meier, geb. 3.4.2015, fehlt heute.', 'Bescheinigung: Jonas Meier, geb. 3.4.2015, fehlt heute.'],
  ['Liebe Emma, wir laden dich ein.', 'Liebe Paula, wir laden dich ein.'],
  ['The locker of Emma Meier 14 is in the hall.', 'The locker of Paul Meier 15 is in the hall.'],
  // A day's month is none of its own.
  ['Paid on 1.3.2024, due on 12.3.2024', 'Paid on 1.3.2024, due on 19.3.2024'],
  ['Kind: Zoé\nKlasse 3b', 'Kind: Paul\nKlasse 3b'],
  ['Patient | Emma Meier\nIron | 80', 'Patient | Paul Meier\nIron | 80'],
])('"%s" is about something else than "%s"', (one, other) => expect(isOtherOccasion(one, other)).toBe(true));

it.each([
  ['Contract from 1.1.2024 to 31.12.2024, signed 5.11.2023', 'Contract from 1.1.2024 to 31.12.2024, signed 9.11.2023'],
  ['Born 1 May 1980. Cook since 1 June 2010.', 'Born 1 May 1980. Cook since 1 June 2010, chef since 1 March 2024.'],
  ['Rechnung Nr. 117 vom 1.3.2024: 20 Euro', 'Rechnung Nr. 117 vom 01.03.2024: 25 Euro'],
  ['The rent is 900 Euro.', 'The rent is 950 Euro from 1 May 2024.'],
  ['Rechnung Nr. 117 über 20 Euro', 'Rechnung Nr. 117 über 25 Euro, zu zahlen unter Nr. 9'],
  ['Rechnung Nr. 117 über 25 Euro, zu zahlen unter Nr. 9', 'Rechnung Nr. 117 über 20 Euro'],
  ['Order No. A-31: two chairs', 'Order no. a-31: three chairs'],
  ['Der Mieter Otto Kranz darf Hunde halten.', 'Der Mieter Otto Kranz darf Katzen halten.'],
  ['For Emma Meier, by Ada Kranz.', 'For Emma Meier, by Ada Kranz. Witness: Paul Berg.'],
  ['Hammer Large | 20\nEmma Meier | 0171 222', 'Saw Small | 20\nPaul Meier | 0171 333'],
  ['Emma Meier', 'Paul Meier'],
  ['Sick note for Emma Meier, unfit.', 'Sick note for Emma Sophie Meier, unfit.'],
  ['Sick note for Emma Sophie Meier, unfit.', 'Sick note for Emma Meier, unfit.'],
])('"%s" may be a draft of "%s"', (one, other) => expect(isOtherOccasion(one, other)).toBe(false));
