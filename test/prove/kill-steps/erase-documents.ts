import { BEN, fillForBen, openEraseSide } from '../../bot/erase/erase-side.ts';
import type { KillScenario } from './scenario.ts';

/** All documents of a person are forgotten: either none is, or the next start forgets the rest and tells so once. */
export const eraseDocuments: KillScenario = {
  name: 'erase-documents',
  async setUp(folder) {
    const side = await openEraseSide(folder);
    fillForBen(side);
    side.departures.ask(side.state.control.people.callerFor(BEN)!, 'documents');
    side.close();
  },
  async act(folder) {
    const side = await openEraseSide(folder);
    await side.desk.runDue();
    side.close();
  },
  async check(folder) {
    const side = await openEraseSide(folder);
    try {
      const { book } = side.state.erasing;
      const documents = () =>
        side.state.vault.read(side.state.control.people.callerFor(BEN)!, (reader) => reader.documents().length);
      if (book.get(1)!.state === 'waiting' && documents() === 2) return 'old';
      await side.desk.runDue();
      const { state, before, receipt } = book.get(1)!;
      if (state !== 'done' || receipt === null) throw new Error(`the record stands at ${state}`);
      if (before.documents !== 3 || documents() !== 0)
        throw new Error(`${documents()} of ${before.documents} documents are left`);
      return 'new';
    } finally {
      side.close();
    }
  },
};
