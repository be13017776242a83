import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenState } from '../../../core/control.ts';
import { importPerson } from '../../../ops/import/import-person.ts';
import { exportOf, exportPartsOf, fillTenant, PASSWORD } from '../../core/export/sample-tenant.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { openTestState, PASSPHRASE } from '../../core/sqlite/temporary-state.ts';
import type { KillScenario } from './scenario.ts';

const ADA = '@ada:home.test';
/** Small enough for the export to come in several parts. */
const PART_BYTES = 12_000;

/** An export is taken in by another household: all of it is there or nothing, a repeat brings it in, and nothing is there twice. */
export const importing: KillScenario = {
  name: 'import',
  async setUp(folder) {
    mkdirSync(folder, { recursive: true });
    await writeExport(folder);
    const stateDir = join(folder, 'state');
    {
      using state = await openTestState(stateDir);
      state.control.people.add({ id: ADA, role: 'member', language: 'en' });
      state.vault.write(state.control.people.callerFor(ADA)!, (writer) => {
        writer.addDocument(sampleDocument('$own'), [samplePassage(0, 'the violin')]);
        writer.addDocument(sampleDocument('$same', { digest: 'd'.repeat(64) }), [samplePassage(0, 'a list of prices')]);
      });
      writeFileSync(join(folder, 'old.json'), contentOf(state));
    }
    // What the whole import makes of it, in a copy.
    const copy = join(folder, 'copy');
    cpSync(stateDir, join(copy, 'state'), { recursive: true });
    await takeIn(folder, join(copy, 'state'));
    using state = await openTestState(join(copy, 'state'));
    writeFileSync(join(folder, 'new.json'), contentOf(state));
    rmSync(copy, { recursive: true });
  },
  act: (folder) => takeIn(folder, join(folder, 'state')),
  async check(folder) {
    using state = await openTestState(join(folder, 'state'));
    const content = contentOf(state);
    for (const one of ['old', 'new'] as const)
      if (content === readFileSync(join(folder, `${one}.json`), 'utf8')) return one;
    throw new Error(`there is ${content}`);
  },
};

async function writeExport(folder: string): Promise<void> {
  using state = await openTestState(join(folder, 'elsewhere'));
  state.control.people.add({ id: ADA, role: 'member', language: 'en' });
  const ada = state.control.people.callerFor(ADA)!;
  fillTenant(state, ada);
  // Hardly compressible, so that there are parts.
  const noise = Array.from({ length: 900 }, (_, at) => ((at + 1) * 2_654_435_761).toString(36)).join(' ');
  state.vault.write(ada, (writer) => {
    for (const name of ['$long', '$longer'])
      writer.addDocument(sampleDocument(name), [samplePassage(0, `${name} ${noise}`)]);
  });
  const parts = await exportOf(exportPartsOf(state), ada, PART_BYTES);
  for (const [at, bytes] of parts.entries())
    writeFileSync(join(folder, `kinkeeper-export-${at + 1}-of-${parts.length}.zip`), bytes);
}

async function takeIn(folder: string, stateDir: string): Promise<void> {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.zip'))
    .map((name) => join(folder, name));
  await importPerson({ files, person: ADA, password: PASSWORD, stateDir, passphrase: PASSPHRASE });
}

/** Everything that an import may change, without inner numbers. */
function contentOf({ control, vault }: OpenState): string {
  return vault.read(control.people.callerFor(ADA)!, (reader) => {
    const documents = [...reader.documents(), ...reader.replacedDocuments()].map((document) => ({
      document,
      sources: reader.sourcesOf(document.number),
      passages: reader.passagesOf(document.number).map(({ id: _, ...passage }) => passage),
    }));
    const found = reader.passages(reader.lexical(['text', 'flat', 'violin'], 100).map(({ passage }) => passage));
    const answers = reader.badAnswers().map(({ passages, ...answer }) => ({ ...answer, passages: passages.length }));
    return JSON.stringify({
      documents,
      found: found.map(({ text }) => text).sort(),
      answers,
      setting: reader.setting('setting-key'),
    });
  });
}
