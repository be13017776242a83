// Adds and forgets documents until it is killed. Arguments: state folder, first number of its documents.
// Says "added <source> <passages>" and "forgot <source>" after the commit of each.
import { sampleDocument, samplePassage, sampleVector, seeded } from './sample-documents.ts';
import { openTestState } from './temporary-state.ts';

const [stateDir, first] = process.argv.slice(2) as [string, string];
const state = await openTestState(stateDir, { create: false });
const caller = state.control.people.callerFor('@ada:home.test')!;
const random = seeded(Number(first));
for (let round = Number(first); ; round++) {
  const source = `$d${round}`;
  const passages = Array.from({ length: 5 + (round % 30) }, (_, at) =>
    samplePassage(at, `passage ${round} ${at} ${'word '.repeat(90)}`),
  );
  const { number } = state.vault.write(caller, (writer) => {
    const added = writer.addDocument(sampleDocument(source), passages);
    const vectors = writer
      .passagesToEmbed('m', 1_000)
      .map(({ id }) => ({ passage: id, vector: sampleVector(random, 16) }));
    writer.putVectors('m', vectors);
    return added;
  });
  process.stdout.write(`added ${source} ${passages.length}\n`);
  if (round % 4 !== 0) continue;
  state.vault.write(caller, (writer) => writer.forgetDocument(number));
  process.stdout.write(`forgot ${source}\n`);
}
