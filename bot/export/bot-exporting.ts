import type { BotParts } from '../bot-parts.ts';
import { InRooms } from '../in-rooms.ts';
import { botRecords } from './bot-records.ts';
import { ExportBook } from './export-book.ts';
import type { Exporting } from './export-desk.ts';
import { sharesOf } from './shares-of.ts';

/** What exports are made with in chats. Called by the bot. */
export function botExporting({ state, db, clock, version, packExport }: BotParts): Exporting {
  const { people, audit, alerts } = state.control;
  return {
    ...{ vault: state.vault, people, audit, alerts, version },
    pack: packExport,
    shares: (caller) => sharesOf(state.shares, caller),
    inRooms: new InRooms({ vault: state.vault, db, people, families: state.rooms }),
    apiKeys: state.control.apiKeys,
    botRecords: (person) => botRecords(db, person),
    book: new ExportBook(db, clock),
  };
}
