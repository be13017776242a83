import { join } from 'node:path';
import { gramsOf } from '../../core/ask/grams.ts';
import { systemClock } from '../../core/clock.ts';
import { UsageError } from '../../core/exit.ts';
import { type Imported, importExport } from '../../core/export/import-export.ts';
import { checkExport } from '../../core/export/read-export.ts';
import { indexWords } from '../../core/ingest/index-words.ts';
import { openState } from '../../core/sqlite/open-state.ts';
import { holdLock } from '../../core/sqlite/process-lock.ts';
import { loadTokenVectors } from '../../core/static-embedder/token-vectors.ts';
import { minute } from '../minute.ts';
import { exportParts } from './export-parts.ts';

/** What `kinkeeper import` works with. */
export interface ImportOrder {
  readonly files: readonly string[];
  /** The Matrix address of whose tenant takes it. */
  readonly person: string;
  readonly password: string;
  readonly stateDir: string;
  readonly passphrase: string;
}

/** An import as told: whose export it was, when that was made, and what became of it. */
export interface ImportedFrom extends Imported {
  readonly from: string;
  readonly madeAt: number;
  /** Questions and papers of family rooms, which were left aside. */
  readonly inRooms: number;
}

/**
 * Brings a person's export into this household, while the bot is stopped. Everything is checked before the state folder is
 * opened. Throws what `checkExport`, `holdLock` (`already-running`: the bot runs) and `openState` throw, and UsageError for
 * a person who is not known here.
 */
export async function importPerson(order: ImportOrder): Promise<ImportedFrom> {
  const { stateDir, passphrase } = order;
  const checked = await checkExport(exportParts(order.files, order.password));
  using _lock = holdLock(join(stateDir, 'bot.lock'));
  using state = await openState({ stateDir, passphrase, create: false, clock: systemClock });
  const { people, audit } = state.control;
  const caller = people.callerFor(order.person);
  if (!caller) {
    throw new UsageError(
      `${order.person} is not known here. The setting people names who is; \`!people add\` lets others in.`,
    );
  }
  const row = { actor: 'shell', action: 'data.imported', target: caller.tenant };
  try {
    const wordsOf = indexWords({ encoder: loadTokenVectors(), gramsOf });
    const imported = await importExport(caller, checked, { vault: state.vault, wordsOf });
    audit.append({ at: systemClock(), ...row, outcome: 'done' });
    return { ...imported, from: checked.person, madeAt: checked.madeAt, inRooms: checked.inRooms };
  } catch (thrown) {
    audit.append({ at: systemClock(), ...row, outcome: 'failed' });
    throw thrown;
  }
}

/** What became of it, for the terminal. */
export function importLines(imported: ImportedFrom): string {
  const { from, madeAt, kept, known, forgotten, incomplete, answers, inRooms } = imported;
  const lines = [
    `The export of ${from} from ${minute(madeAt)} UTC is whole.`,
    `${counted(kept)} taken in; ${counted(known)} had been here already and stayed as they were.`,
  ];
  if (forgotten > 0) lines.push(`${counted(forgotten)} left out, because they were forgotten here.`);
  if (incomplete > 0)
    lines.push(`${counted(incomplete)} left out, because they were forgotten while the export was being made.`);
  if (answers > 0) lines.push(`Answers marked as bad that were taken in: ${answers}.`);
  if (inRooms > 0) {
    lines.push(`Questions and papers of family rooms, left aside: ${inRooms}. They are for reading, in index.html.`);
  }
  if (kept > 0)
    lines.push('Start the bot again: it finds them by words at once, by meaning when it has embedded them.');
  return lines.join('\n');
}

function counted(documents: number): string {
  return documents === 1 ? '1 document' : `${documents} documents`;
}
