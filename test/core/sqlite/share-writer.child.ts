// Lends documents and ends the shares until it is killed. Arguments: state folder, first number of its documents.
// Says "lent <document>", "ended <document>" and "forgot <document>" after each.

import type { PersonId } from '../../../core/caller.ts';
import { lendDocument } from '../../../core/lend-document.ts';
import { gramsOf, sampleDocument, samplePassage } from './sample-documents.ts';
import { openTestState } from './temporary-state.ts';

const [stateDir, first] = process.argv.slice(2) as [string, string];
const state = await openTestState(stateDir, { create: false });
const ada = state.control.people.callerFor('@ada:home.test')!;
const { vault, shares } = state;
const wordsOf = (_: unknown, { text }: { text: string }) => ({
  grams: gramsOf(text).join(' '),
  pieces: Uint32Array.of(1),
});
for (let round = Number(first); ; round++) {
  const { number } = vault.write(ada, (writer) =>
    writer.addDocument(
      sampleDocument(`$d${round}`),
      [0, 1, 2, 3].map((at) => samplePassage(at, `passage ${round} ${at} ${'word '.repeat(60)}`)),
    ),
  );
  const lending = { document: number, reader: '@ben:home.test' as PersonId, until: null };
  const share = lendDocument({ vault, shares, wordsOf, isNote: () => false }, ada, lending);
  process.stdout.write(`lent ${number}\n`);
  if (round % 3 === 0) {
    shares.end(ada, share.number);
    process.stdout.write(`ended ${number}\n`);
  } else {
    // Forgetting ends the share too.
    vault.write(ada, (writer) => writer.forgetDocument(number));
    process.stdout.write(`forgot ${number}\n`);
  }
}
