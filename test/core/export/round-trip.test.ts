import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makePart, planExport } from '../../../bot/export/make-export.ts';
import type { Caller } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import type { ExportedDocument } from '../../../core/export/export-format.ts';
import { importExport } from '../../../core/export/import-export.ts';
import { checkExport } from '../../../core/export/read-export.ts';
import { gramsOf, sampleDocument, samplePassage } from '../sqlite/sample-documents.ts';
import { openTestState, temporaryFolder } from '../sqlite/temporary-state.ts';
import { asParts, exportOf, exportPartsOf, fillTenant, PASSWORD, wordsOf } from './sample-tenant.ts';

let places: ReturnType<typeof temporaryFolder>[];
let states: OpenState[];
beforeEach(async () => {
  places = [temporaryFolder(), temporaryFolder()];
  states = await Promise.all(places.map(({ stateDir }) => openTestState(stateDir)));
  for (const { control } of states) control.people.add({ id: '@ada:home.test', role: 'member', language: 'de' });
});
afterEach(() => {
  for (const state of states) state[Symbol.dispose]();
  for (const place of places) place.remove();
});
const ada = (state: OpenState): Caller => state.control.people.callerFor('@ada:home.test')!;

async function bring(zips: readonly Uint8Array[], state = states[1]!) {
  return importExport(ada(state), await checkExport(asParts(zips)), { vault: state.vault, wordsOf });
}

/** The documents and marked answers of an export as it says them, in order. */
async function content(zips: readonly Uint8Array[]): Promise<unknown> {
  const found = new Map<string, unknown>();
  for (const part of asParts(zips)) {
    for (const [name, bytes] of await part.open()) {
      const isKept = name.startsWith('documents/') || name === 'marked-answers.json';
      if (isKept) found.set(name, JSON.parse(new TextDecoder().decode(bytes)));
    }
  }
  return Object.fromEntries([...found].sort(([left], [right]) => (left < right ? -1 : 1)));
}

describe('an export brought into another household', () => {
  it.each([10_000_000, 24_000])('is exported there again as the same (limit %i)', async (limit) => {
    fillTenant(states[0]!, ada(states[0]!));
    const long = Array.from({ length: 40 }, (_, at) => samplePassage(at, `long${at} `.repeat(150).trim()));
    states[0]!.vault.write(ada(states[0]!), (writer) => writer.addDocument(sampleDocument('$long'), long));
    const before = await exportOf(exportPartsOf(states[0]!), ada(states[0]!), limit);
    if (limit < 100_000) expect(before.length).toBeGreaterThan(2);
    expect(await bring(before)).toEqual({ kept: 5, known: 0, forgotten: 0, incomplete: 0, answers: 1 });
    const after = await exportOf(exportPartsOf(states[1]!), ada(states[1]!), limit);
    expect(await content(after)).toEqual(await content(before));
  });

  it('is found by its words, and its earlier versions are not', async () => {
    fillTenant(states[0]!, ada(states[0]!));
    await bring(await exportOf(exportPartsOf(states[0]!), ada(states[0]!)));
    const { vault } = states[1]!;
    const hits = vault.read(ada(states[1]!), (reader) =>
      reader.passages(reader.lexical(gramsOf('prices deposit'), 10).map(({ passage }) => passage)),
    );
    expect(hits.map(({ documentName }) => documentName).sort()).toEqual(['lease-name.pdf', 'third-name.pdf']);
    const versions = vault.read(ada(states[1]!), (reader) => reader.replacedDocuments());
    expect(versions.map(({ number, replacedBy }) => [number, replacedBy])).toEqual([
      [2, 3],
      [3, 4],
    ]);
  });

  it('changes nothing when it comes again, and an import that breaks leaves nothing of it', async () => {
    fillTenant(states[0]!, ada(states[0]!));
    const zips = await exportOf(exportPartsOf(states[0]!), ada(states[0]!));
    let calls = 0;
    const breaking: typeof wordsOf = (document, passage) => {
      calls += 1;
      if (calls > 4) throw new Error('the plug was pulled');
      return wordsOf(document, passage);
    };
    const parts = { vault: states[1]!.vault, wordsOf: breaking };
    await expect(importExport(ada(states[1]!), await checkExport(asParts(zips)), parts)).rejects.toThrow('plug');
    const whole = (reader: { documents(): readonly { number: number }[] }) => reader.documents().length;
    expect(states[1]!.vault.read(ada(states[1]!), whole)).toBe(0);
    expect(await bring(zips)).toMatchObject({ kept: 4, known: 0 });
    const once = await content(await exportOf(exportPartsOf(states[1]!), ada(states[1]!)));
    expect(once).toEqual(await content(zips));
    expect(await bring(zips)).toEqual({ kept: 0, known: 4, forgotten: 0, incomplete: 0, answers: 0 });
    expect(await content(await exportOf(exportPartsOf(states[1]!), ada(states[1]!)))).toEqual(once);
  });

  it('goes beside what is there, under new numbers, with versions pointing to the right ones', async () => {
    fillTenant(states[0]!, ada(states[0]!));
    const { vault } = states[1]!;
    vault.write(ada(states[1]!), (writer) => {
      for (let at = 0; at < 3; at++) writer.addDocument(sampleDocument(`$own${at}`), [samplePassage(0, `own${at}`)]);
    });
    await bring(await exportOf(exportPartsOf(states[0]!), ada(states[0]!)));
    const [current, versions] = vault.read(ada(states[1]!), (reader) => [
      reader.documents(),
      reader.replacedDocuments(),
    ]);
    const numberOf = (name: string) => [...current, ...versions].find((one) => one.name === `${name}-name.pdf`)?.number;
    expect(current.map(({ name }) => name).filter((name) => name.startsWith('$own'))).toHaveLength(3);
    expect(versions.find((one) => one.name === 'first-name.pdf')?.replacedBy).toBe(numberOf('second'));
    expect(versions.find((one) => one.name === 'second-name.pdf')?.replacedBy).toBe(numberOf('third'));
  });

  it('leaves out what was forgotten here', async () => {
    fillTenant(states[0]!, ada(states[0]!));
    const zips = await exportOf(exportPartsOf(states[0]!), ada(states[0]!));
    await bring(zips);
    states[1]!.vault.write(ada(states[1]!), (writer) => writer.forgetDocument(1));
    expect(await bring(zips)).toMatchObject({ kept: 0, known: 3, forgotten: 1 });
  });

  it('says which part is missing, that parts are of different exports, and that the password is wrong', async () => {
    fillTenant(states[0]!, ada(states[0]!));
    const long = Array.from({ length: 40 }, (_, at) => samplePassage(at, `long${at} `.repeat(150).trim()));
    states[0]!.vault.write(ada(states[0]!), (writer) => writer.addDocument(sampleDocument('$long'), long));
    const zips = await exportOf(exportPartsOf(states[0]!), ada(states[0]!), 24_000);
    const parts = asParts(zips);
    await expect(checkExport(parts.filter((_, at) => at !== 1))).rejects.toThrow(
      `part 2 of ${zips.length} is missing; nothing was read`,
    );
    await expect(checkExport([])).rejects.toMatchObject({ reason: 'export-parts' });
    await expect(checkExport(asParts(zips, 'wrong-wrong'))).rejects.toMatchObject({ reason: 'export-password' });
    const text = { name: 'notes.txt', open: asParts([Buffer.from('no zip at all')])[0]!.open };
    await expect(checkExport([text])).rejects.toMatchObject({ reason: 'export-foreign' });
  });
});

it('a document that is forgotten between two parts is left out, and all others come', async () => {
  const { vault } = states[0]!;
  fillTenant(states[0]!, ada(states[0]!));
  const long = Array.from({ length: 40 }, (_, at) => samplePassage(at, `long${at} `.repeat(150).trim()));
  const { number } = vault.write(ada(states[0]!), (writer) => writer.addDocument(sampleDocument('$long'), long));
  const [parts, { signal }] = [exportPartsOf(states[0]!), new AbortController()];
  const plan = await planExport(parts, ada(states[0]!), { limit: 24_000, signal });
  const zips = [];
  for (let part = 1; part <= plan.parts.length; part++) {
    if (part === plan.parts.length - 1) vault.write(ada(states[0]!), (writer) => writer.forgetDocument(number));
    const order = { id: 'e'.repeat(32), madeAt: 1_800_000_000_000, password: PASSWORD, part };
    zips.push(await makePart(parts, ada(states[0]!), { plan, order, signal }));
  }
  expect(zips.length).toBeGreaterThan(2);
  expect(await bring(zips)).toEqual({ kept: 4, known: 0, forgotten: 0, incomplete: 1, answers: 1 });
});

it('names of documents stand only inside of what is sealed', async () => {
  fillTenant(states[0]!, ada(states[0]!));
  const zips = await exportOf(exportPartsOf(states[0]!), ada(states[0]!));
  const pieces = await Promise.all(asParts(zips).map(({ open }) => open()));
  const lease = JSON.parse(new TextDecoder().decode(pieces[0]!.get('documents/0001.json'))) as ExportedDocument;
  expect(lease.name).toBe('lease-name.pdf');
  expect(Buffer.concat(zips).toString('latin1')).not.toContain('lease');
});
