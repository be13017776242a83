import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { verifyReceipt } from '../../../core/erase/receipt.ts';
import {
  ADA,
  BEN,
  type EraseSide,
  fillForBen,
  HOUR,
  leftOfBen,
  lend,
  openEraseSide,
} from '../../bot/erase/erase-side.ts';
import type { KillScenario } from './scenario.ts';

const COOLING_OFF_MS = 72 * HOUR;

/** A person is erased: either nothing of it has begun, or the next start brings it to its end and nothing is left anywhere. */
export const erasePerson: KillScenario = {
  name: 'erase-person',
  async setUp(folder) {
    const side = await openEraseSide(folder);
    fillForBen(side);
    lend(side, { owner: BEN, document: 1, reader: ADA });
    lend(side, { owner: ADA, document: 1, reader: BEN });
    side.departures.ask(side.state.control.people.callerFor(BEN)!, 'person');
    side.close();
  },
  async act(folder) {
    const side = await openEraseSide(folder);
    side.clock.now += COOLING_OFF_MS;
    await side.desk.runDue();
    side.close();
  },
  async check(folder) {
    const side = await openEraseSide(folder);
    try {
      const begun = side.state.erasing.book.get(1)!;
      if (begun.state === 'waiting' && side.state.control.people.find(BEN)) return expectUntouched(side);
      side.clock.now += COOLING_OFF_MS;
      await side.desk.runDue();
      await expectGone(side, folder);
      return 'new';
    } finally {
      side.close();
    }
  },
};

function expectUntouched({ state }: EraseSide): 'old' {
  const documents = state.vault.read(state.control.people.callerFor(BEN)!, (reader) => reader.documents());
  if (documents.length !== 2) throw new Error(`the person has ${documents.length} documents`);
  return 'old';
}

async function expectGone({ state }: EraseSide, folder: string): Promise<void> {
  const { state: stands, person, receipt } = state.erasing.book.get(1)!;
  if (stands !== 'done' || person !== null) throw new Error(`the record stands at ${stands}`);
  const { before, after } = verifyReceipt(receipt!, state.erasing.verifyingKey);
  if (before.documents !== 3 || before.turns !== 1 || before.shares !== 2)
    throw new Error(`the receipt tells ${JSON.stringify(before)}`);
  if (Object.values(after).some((left) => left !== 0)) throw new Error(`the receipt tells ${JSON.stringify(after)}`);
  // Ada's, with its log.
  const files = readdirSync(join(folder, 'tenants')).filter((file) => !/-(wal|shm)$/.test(file));
  if (files.length > 1) throw new Error(`the folder of tenants holds ${files.join(', ')}`);
  const copy = `${folder}-copy`;
  const left = await leftOfBen(folder, copy, 'x'.repeat(32));
  rmSync(copy, { recursive: true, force: true });
  if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
  if (state.control.audit.verify() !== 2) throw new Error('the audit trail is not whole');
}
