// Writes turn by turn until it is killed: into its first person's store, then its second's, then bot.db, then control.db; and only
// when a turn is whole into its journal, beside the state folder. Arguments: state folder, number, journal. Says "ready".
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { openState } from '../../../core/sqlite/open-state.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { PASSPHRASE } from '../isolation/house.ts';
import { forgottenAt, sourceOf, textOf, WRITERS_NOW, writersPeople } from './writing.ts';

const [stateDir, number, journal] = process.argv.slice(2) as [string, string, string];
const writer = Number(number);
const state = await openState({ stateDir, passphrase: PASSPHRASE, create: false, clock: () => WRITERS_NOW });
const [first, second] = writersPeople(writer).map((id) => state.control.people.callerFor(id)!);
const bot = openEncrypted(join(stateDir, 'bot.db'), state.botKey);
const note = bot.prepare("INSERT OR REPLACE INTO facts (key, value) VALUES ('sync-batch', ?)");
process.stdout.write('ready\n');
for (let n = 1; ; n++) {
  state.vault.write(first!, (store) => {
    store.addDocument(sampleDocument(sourceOf(n)), [samplePassage(0, textOf(writer, n))]);
    const forgotten = store.documentBySource(sourceOf(forgottenAt(n) ?? -1));
    if (forgotten) store.forgetDocument(forgotten.number);
    store.setSetting('n', String(n));
  });
  state.vault.write(second!, (store) => store.setSetting('n', String(n)));
  if (writer === 0) note.run(String(n));
  state.control.facts.set(`count-${writer}`, String(n));
  appendFileSync(journal, `${n}\n`);
}
