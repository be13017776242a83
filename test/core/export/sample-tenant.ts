import { setImmediate } from 'node:timers/promises';
import { type ExportParts, makePart, planExport } from '../../../bot/export/make-export.ts';
import type { Caller } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import type { ExportPart } from '../../../core/export/read-export.ts';
import type { WordsOf } from '../../../core/tenant.ts';
import { openSealedZip, writeSealedZip } from '../../../core/zipjs/sealed-zip.ts';
import { gramsOf, sampleDocument, samplePassage, sampleVector, seeded } from '../sqlite/sample-documents.ts';

export const PASSWORD = 'abcde-fghjk-mnpqr-stuvw';
const MADE_AT = 1_800_000_777_001;

/** Word indexes as the samples have them. */
export const wordsOf: WordsOf = (_document, { text }) => ({
  grams: gramsOf(text).join(' '),
  pieces: Uint32Array.of(3),
});

/**
 * Gives a person something of every kind: current documents with notes and several messages, two earlier versions, a
 * forgotten one, chat memory in two rooms, marked answers, settings, vectors. Every value says which column it is for.
 */
export function fillTenant(state: OpenState, caller: Caller): void {
  const digest = (one: string) => one.repeat(64);
  state.vault.write(caller, (writer) => {
    const add = (name: string, changes: Parameters<typeof sampleDocument>[1], texts: readonly string[]) =>
      writer.addDocument(
        sampleDocument(`$${name}-source`, { name: `${name}-name.pdf`, ...changes }),
        texts.map((text, at) => ({
          ...samplePassage(at, text),
          page: `${name}-page-${at}`,
          heading: `${name}-heading`,
        })),
      );
    const lease = add('lease', { digest: digest('a'), bytes: 734_561, pages: 98_765, addedAt: 1_700_000_011_111 }, [
      'lease-text one about the flat',
      'lease-text two about the deposit',
    ]);
    writer.noteRoom('$lease-source', '!lease-room');
    writer.addSource(lease.number, { source: '$lease-again', addedAt: 1_700_000_022_222, note: 'lease-note' });
    writer.addNote(lease.number, 'lease-note', { ...samplePassage(2, 'lease-note'), heading: '' });
    const first = add(
      'first',
      { digest: digest('b'), bytes: 734_562, pages: 98_766, addedAt: 1_700_000_033_333, note: 'first-note' },
      ['first-text of a list of prices'],
    );
    const second = add('second', { digest: digest('c'), addedAt: 1_700_000_044_444 }, [
      'second-text of a list of prices',
    ]);
    writer.replaceDocument(first.number, { number: second.number, at: 1_700_000_055_555 });
    const third = add('third', { digest: digest('d'), addedAt: 1_700_000_066_666 }, ['third-text of a list of prices']);
    writer.replaceDocument(second.number, { number: third.number, at: 1_700_000_077_777 });
    const gone = add('gone', {}, ['gone-text']);
    writer.forgetDocument(gone.number);
    const [passage] = writer.passagesOf(lease.number);
    const turn = { question: 'turn-question', answer: 'turn-answer', passages: [passage!.id], model: 'turn-model' };
    writer.addTurn({ ...turn, event: '$turn-event', room: '!turn-room', at: 1_700_000_088_888 });
    writer.addTurn({ ...turn, event: '$turn-two', room: '!other-room thread', at: 1_700_000_088_889, model: null });
    const marked = { question: 'bad-question', answer: 'bad-answer', passages: [passage!.id], model: 'bad-model' };
    writer.addBadAnswer({ ...marked, event: '$bad-event', at: 1_700_000_099_999 });
    writer.setSetting('setting-key', 'setting-value');
    writer.putVectors('vector-model', [{ passage: passage!.id, vector: sampleVector(seeded(1), 8) }]);
  });
}

/** What exports are made with, on a state without a bot. */
export function exportPartsOf(state: OpenState, changes: Partial<ExportParts> = {}): ExportParts {
  const { people, audit, alerts } = state.control;
  return {
    vault: state.vault,
    people,
    audit,
    alerts,
    botRecords: undefined,
    pack: writeSealedZip,
    version: '1',
    ...changes,
  };
}

/** All parts of a person's export. */
export async function exportOf(parts: ExportParts, caller: Caller, limit = 10_000_000): Promise<Buffer[]> {
  const signal = new AbortController().signal;
  const plan = await planExport(parts, caller, { limit, signal });
  const made: Buffer[] = [];
  for (let part = 1; part <= plan.parts.length; part++) {
    const order = { id: 'e'.repeat(32), madeAt: MADE_AT, password: PASSWORD, part };
    made.push(await makePart(parts, caller, { plan, order, signal }));
    await setImmediate();
  }
  return made;
}

/** Parts as an import is given them. */
export function asParts(zips: readonly Uint8Array[], password = PASSWORD): ExportPart[] {
  return zips.map((bytes, at) => {
    const name = `kinkeeper-export-${at + 1}-of-${zips.length}.zip`;
    return { name, open: () => openSealedZip(bytes, { part: name, password }) };
  });
}
