import { expect, it } from 'vitest';
import { findPassages } from '../../../core/ask/find-passages.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import { household } from './household.ts';

// Papers of a few lines, half of which ask "when does" and say "how much" themselves, and short questions with the paper that
// holds the answer. Written before finding was changed for them.
const PAPERS: readonly (readonly [string, string])[] = [
  [
    'ferry.txt',
    'Sailing from Harwich, car deck B. Departure 22:15 on Friday, check-in closes at 21:30. Cabin for two, breakfast included.',
  ],
  [
    'house insurance.txt',
    'Buildings and contents policy BC-2291. The cover ends on 31 August 2026 and is not renewed by itself. Excess 250 pounds.',
  ],
  [
    'lease.txt',
    'The tenant pays 940 euros a month, due on the third day. The deposit is 2,820 euros. Notice is three months.',
  ],
  [
    'school letter.txt',
    'When the gates open in the morning, please leave the car park at once. The school does not allow dogs. When does your child need medicine? Tell the office how much and how often.',
  ],
  [
    'dentist.txt',
    'Your check-up is on 4 March at 10:20. Please call when you cannot come. How long does it take? About twenty minutes.',
  ],
  [
    'gym.txt',
    'Membership 39 euros a month. It can be cancelled with four weeks notice. When does it end? At the end of a quarter.',
  ],
  [
    'recipe.txt',
    'How to make the soup: fry the onion, add water and how much salt you like. When it boils, leave it for an hour.',
  ],
  ['boiler.txt', 'Serviced in October. The engineer leaves a report. Next service due when the light does not go out.'],
  [
    'phone.txt',
    'Contract with 24 months minimum. How much is my bill? 18 pounds a month. When does my allowance start again? On the first.',
  ],
  [
    'club.txt',
    'The choir meets on Tuesdays at eight. The annual fee is 60 euros. Members leave by letter to the board.',
  ],
  ['passport.txt', 'Passport of Mira, number 533882. Valid until 9 May 2031.'],
  ['vet.txt', 'The dog got a booster injection on 2 June. Weight 11 kg. The next one is due in a year.'],
  [
    'car.txt',
    'The car passed its inspection on 12 January. Tyres changed, mileage 81,200. Winter tyres are in the garage.',
  ],
  [
    'nursery.txt',
    'Opening hours 7:30 to 16:30. A late pick-up costs 10 euros. When a child is ill, please tell us how it is.',
  ],
  ['miete.txt', 'Die Kaltmiete beträgt 710 Euro, die Nebenkosten 160 Euro. Die Kaution wurde hinterlegt.'],
  ['fähre.txt', 'Abfahrt in Kiel um 18:45, Ankunft in Göteborg um 9:15. Kabine außen.'],
  ['kfz.txt', 'Haftpflicht und Teilkasko, Beitrag 412 Euro im Jahr. Der Vertrag läuft bis zum 31. Dezember.'],
  [
    'elternbrief.txt',
    'Wann beginnt der Unterricht? Um acht. Wie viel Geld mein Kind mitbringen soll: 15 Euro für den Ausflug. Wann ist die Abholung? Um vier.',
  ],
  ['müll.txt', 'Die Papiertonne wird alle vier Wochen geleert, das nächste Mal am 9. Juli.'],
  ['zahnarzt.txt', 'Ihr Termin ist am 5. August um neun. Wann können Sie nicht? Bitte sagen Sie rechtzeitig ab.'],
];

const ASKED: readonly (readonly [string, string])[] = [
  ['When does the ferry leave?', 'ferry.txt'],
  ['When does my insurance expire?', 'house insurance.txt'],
  ['How much is the rent?', 'lease.txt'],
  ['When does the ferry depart?', 'ferry.txt'],
  ['How much is the deposit?', 'lease.txt'],
  ['When does my passport expire?', 'passport.txt'],
  ['How much does the choir cost?', 'club.txt'],
  ['When is the dentist?', 'dentist.txt'],
  ['How much does the dog weigh?', 'vet.txt'],
  ['When does the nursery open?', 'nursery.txt'],
  ['When was the boiler serviced?', 'boiler.txt'],
  ['How much is the gym?', 'gym.txt'],
  ['When does the gym contract end?', 'gym.txt'],
  ['How much do I pay for the phone?', 'phone.txt'],
  ['Where are the winter tyres?', 'car.txt'],
  ['When does the choir meet?', 'club.txt'],
  ['When does the policy end?', 'house insurance.txt'],
  ['What time does the ferry leave?', 'ferry.txt'],
  ['When is the tenancy fee due?', 'lease.txt'],
  ['Wann fährt die Fähre ab?', 'fähre.txt'],
  ['Wie viel kostet die Miete?', 'miete.txt'],
  ['Wann läuft meine Autoversicherung ab?', 'kfz.txt'],
  ['Wann wird das Papier abgeholt?', 'müll.txt'],
  ['Wann ist mein Termin beim Zahnarzt?', 'zahnarzt.txt'],
  ['Wie hoch ist die Kaution?', 'miete.txt'],
  ['Wann beginnt der Unterricht?', 'elternbrief.txt'],
];

it('finds the paper of a short question among a few of two languages, by words alone', async () => {
  const vectors = loadTokenVectors();
  await using home = await household(vectors);
  for (const [name, text] of PAPERS) home.add(name, [text]);
  const ranks = ASKED.map(([question, paper]) => {
    const { found } = home.state.vault.read(home.caller, (reader) =>
      findPassages(reader, question, { vectors, now: Date.UTC(2026, 2, 1) }),
    );
    return found.findIndex(({ passage }) => passage.documentName === paper);
  });
  const missed = ASKED.flatMap(([question], at) => (ranks[at] === 0 ? [] : [question]));
  // 24 first and 25 of the first three, of 26; 18 and 23 while stop words counted like others.
  expect(missed.length, missed.join('; ')).toBeLessThanOrEqual(3);
  expect(ranks.filter((rank) => rank >= 0 && rank < 3).length).toBeGreaterThanOrEqual(24);
});
