// Stages a large document step by step until it is killed. Arguments: state folder, source, passages.
// Says "staged" after the commit of each step.
import { packWords } from '../../../core/ask/pack-words.ts';
import { samplePassage } from './sample-documents.ts';
import { openTestState } from './temporary-state.ts';

const [stateDir, source, count] = process.argv.slice(2) as [string, string, string];
const state = await openTestState(stateDir, { create: false });
const caller = state.control.people.callerFor('@ada:home.test')!;
const passages = Array.from({ length: Number(count) }, (_, i) => samplePassage(i, `a garden wall number${i}`));
const content = { passages, words: packWords(passages) };
const step = () => state.vault.write(caller, (writer) => writer.stageDocument(source, content));
while (!step()) {
  process.stdout.write('staged\n');
  // The line leaves before the next step.
  await new Promise((resolve) => setImmediate(resolve));
}
