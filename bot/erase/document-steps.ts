import type { TenantId } from '../../core/caller.ts';
import type { Erasure } from '../../core/erase/erasure.ts';
import { incomplete } from '../../core/erase/incomplete.ts';
import { verifyReceipt } from '../../core/erase/receipt.ts';
import { Markdown } from '../wording/markdown.ts';
import { say } from '../wording/say.ts';
import type { EraseParts } from './erase-parts.ts';
import { type EraseStep, noResult } from './erase-step.ts';
import { goesWithDocuments } from './goes-with-documents.ts';
import { makeReceipt } from './make-receipt.ts';
import { countRows, eventsOf, roomsOf } from './person-rows.ts';

/** Documents forgotten in one transaction: each must not keep others waiting. */
const AT_ONCE = 10;

/** The steps of `!forget all`: the person stays, and so do their settings and their chat. */
export const DOCUMENT_STEPS: readonly EraseStep[] = [
  { name: 'stop', run: ({ work }, { person }) => noResult(work.stopReading(person!)) },
  { name: 'count', run: async (parts, erasure) => count(parts, erasure) },
  { name: 'forget', run: (parts, erasure) => noResult(forgetAll(parts, erasure.tenant!)) },
  { name: 'rows', run: (parts, erasure) => noResult(removeMarks(parts, erasure)) },
  { name: 'index', run: ({ index }) => noResult(index?.bringInLine()) },
  { name: 'receipt', run: async (parts, erasure) => ({ receipt: receiptFor(parts, erasure) }) },
  { name: 'tell', run: (parts, erasure) => noResult(tell(parts, erasure)) },
];

function count({ db, own, erasing, shares, opsRoom }: EraseParts, { person, tenant }: Erasure) {
  const { counts, events } = erasing.inventory(tenant!);
  const rooms = roomsOf(db, { own, person: person! }, opsRoom());
  const rows = { shares: shares.lentFrom(tenant!).length, lockedFiles: countRows(db, person!).lockedFiles! };
  return {
    before: goesWithDocuments({ ...counts, ...rows }),
    traces: { rooms, events: [...new Set([...events, ...eventsOf(db, { person: person!, rooms })])] },
  };
}

async function forgetAll({ vault, people, erasing, outbox, db }: EraseParts, tenant: TenantId): Promise<void> {
  const caller = people.systemCaller(tenant);
  // Answers that wait to be sent hold words of what goes. With the first documents it is forgotten what was asked.
  outbox.dropAbout(erasing.inventory(tenant).events);
  for (let left = true; left; ) {
    left = vault.write(caller, (writer) => {
      // Earlier versions first, so that none becomes current again.
      const numbers = [...writer.replacedDocuments(), ...writer.documents()].map(({ number }) => number);
      for (const number of numbers.slice(0, AT_ONCE)) writer.forgetDocument(number);
      writer.forgetTurns();
      writer.forgetBadAnswers();
      return numbers.length > AT_ONCE;
    });
    await new Promise(setImmediate);
  }
  db.pragma('wal_checkpoint(TRUNCATE)');
}

/** Locked files of theirs, and which reactions marked answers that are gone. */
function removeMarks({ db }: EraseParts, { person, traces }: Erasure): void {
  db.transaction(() => {
    db.prepare('DELETE FROM locked_files WHERE person = ?').run(person);
    db.prepare('DELETE FROM thumbs_down WHERE question IN (SELECT value FROM json_each(?))').run(
      JSON.stringify(traces.events),
    );
  })();
}

function receiptFor(parts: EraseParts, erasure: Erasure): string {
  const { counts } = parts.erasing.inventory(erasure.tenant!);
  const shares = parts.shares.lentFrom(erasure.tenant!).length;
  const rows = { shares, lockedFiles: countRows(parts.db, erasure.person!).lockedFiles! };
  const after = goesWithDocuments({ ...counts, ...rows });
  const left = Object.entries(after).find(([, many]) => many > 0);
  if (left) throw incomplete(left[0]);
  return makeReceipt(parts, erasure, { after, remains: ['own-messages', 'bot-messages', 'audit'] });
}

async function tell(parts: EraseParts, { person, traces, reference, language, receipt }: Erasure): Promise<void> {
  const shown = verifyReceipt(receipt!, parts.erasing.verifyingKey);
  const text = say(language, 'erase.receipt', { ...shown, text: new Markdown(receipt!) });
  for (const room of traces.rooms)
    if (await parts.chats.tell({ room, person: person!, text, transaction: `kin.receipt.${reference}` })) return;
}
