import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenState } from '../../../core/control.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { openTestState } from '../../core/sqlite/temporary-state.ts';

/** Who lives in it. */
export const PEOPLE = ['@ada:home.test', '@ben:home.test'] as const;
const PAPERS = 12;
const PASSAGES = 20;

/** Makes a state folder with two people who each have some papers; for the scenarios of keys. */
export async function keepPapers(
  folder: string,
  { papers, passages: many } = { papers: PAPERS, passages: PASSAGES },
): Promise<void> {
  using state = await openTestState(folder);
  state.control.people.seed(PEOPLE.map((id) => ({ id, role: 'admin' as const, language: 'en' as const })));
  for (const id of PEOPLE) {
    const caller = state.control.people.callerFor(id)!;
    for (let paper = 0; paper < papers; paper++) {
      const passages = Array.from({ length: many }, (_, at) =>
        samplePassage(at, `${id} paper${paper} passage${at} garden`),
      );
      state.vault.write(caller, (writer) => writer.addDocument(sampleDocument(`$${id} ${paper}`), passages));
    }
  }
}

/** Everybody's papers are there, whole and found, and nobody else's. Throws saying what is not. */
export function expectPapers(state: OpenState): void {
  for (const id of PEOPLE) {
    const caller = state.control.people.callerFor(id)!;
    const seen = state.vault.read(caller, (reader) => ({
      papers: reader.documents().map(({ source }) => source),
      found: reader.passages(reader.lexical(['garden'], 1000).map(({ passage }) => passage)),
    }));
    const wanted = Array.from({ length: PAPERS }, (_, paper) => `$${id} ${paper}`);
    if (seen.papers.join() !== wanted.join()) throw new Error(`${id} has ${seen.papers.join(', ')}`);
    const own = seen.found.filter(({ text }) => text.startsWith(id)).length;
    if (own !== PASSAGES * PAPERS || own !== seen.found.length)
      throw new Error(`${id} finds ${own} of ${seen.found.length}`);
  }
}

/** Each tenant has one file. Returns their generations, ascending; throws when something else lies there. */
export function tenantFolderIsTidy(folder: string): number[] {
  const files = readdirSync(join(folder, 'tenants')).filter((file) => !/-(wal|shm)$/.test(file));
  const generations = files.map((file) => Number(/^[0-9a-f]{32}(?:\.(\d+))?\.db$/.exec(file)?.[1] ?? 0));
  if (files.length !== PEOPLE.length) throw new Error(`the folder of tenants holds ${files.join(', ')}`);
  return generations.sort((a, b) => a - b);
}
