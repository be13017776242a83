import { expect, it } from 'vitest';
import { fileAskedAbout } from '../../../core/ask/file-asked-about.ts';

const FILES = ['Tenancy agreement.docx', 'Mietvertrag.pdf', 'letter.txt', 'Rechnung_2024-03.pdf', 'Tenancy.txt'].map(
  (name, i) => ({ number: i + 1, name }),
);

it.each([
  ['What does Tenancy agreement.docx say?', 1],
  ['summarise the tenancy agreement', 1],
  ['Summarise “Tenancy agreement”, please.', 1],
  ['What is Tenancy about?', 5],
  ['Fasse den Mietvertrag zusammen', 2],
  ['fasse Mietvertrag.pdf zusammen', 2],
  ['Worum geht es in Mietvertrag.pdf?', 2],
  ['Was steht im Mietvertrag?', 2],
  ['what does Rechnung 2024-03 say', 4],
  ['What does letter.txt say?', 3],
])('%j is about document %i', (question, number) => expect(fileAskedAbout(question, FILES)).toBe(number));

it.each([
  'What does the letter say?',
  'What does the tenancy agreement say about pets?',
  'Was steht im Mietvertrag zur Kaution?',
  'When does the tenancy agreement end?',
  'Mietvertrag',
  'What is this about?',
  'summarise the agreement of grandma',
])('%j is about none as a whole', (question) => expect(fileAskedAbout(question, FILES)).toBeUndefined());

it('takes the newest of files of one name', () => {
  const name = 'Lease.pdf';
  expect(
    fileAskedAbout(
      'summarise lease.pdf',
      [1, 2].map((number) => ({ number, name })),
    ),
  ).toBe(2);
});
