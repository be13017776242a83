import type { Database } from 'better-sqlite3';
import type { AlertLog } from '../../core/alert.ts';
import type { Caller } from '../../core/caller.ts';
import type { Clock } from '../../core/clock.ts';
import type { BackupGenerations } from '../../core/erase/backup-generations.ts';
import type { Erasing } from '../../core/erase/erasing.ts';
import type { Logger } from '../../core/log.ts';
import type { People } from '../../core/people.ts';
import type { FamilyRooms } from '../../core/rooms.ts';
import type { Shares } from '../../core/shares.ts';
import type { Vault } from '../../core/tenant.ts';
import type { Outbox } from '../matrix/outbox.ts';
import type { EraseChats } from './erase-chats.ts';

/** The index outside of the tenants' files, as far as erasing needs it (core/qdrant). */
export interface ErasableIndex {
  /** Brings it in line with the files. */
  bringInLine(): Promise<unknown>;
  /** Deletes what it holds of people who are not served any more, and makes sure of it. */
  dropGone(): Promise<void>;
}

/** What is worked on for people, as far as erasing has to end it. Both resolve when nothing of the person runs any more. */
export interface OngoingWork {
  stopAll(person: string): Promise<void>;
  stopReading(person: string): Promise<void>;
}

/** What the steps of an erasure work with. */
export interface EraseParts {
  readonly own: string;
  readonly db: Database;
  readonly erasing: Erasing;
  readonly vault: Vault;
  readonly people: People;
  readonly shares: Pick<Shares, 'endAllOf' | 'countOf' | 'hadAny' | 'lentFrom'>;
  readonly families: FamilyRooms;
  readonly alerts: AlertLog;
  readonly outbox: Outbox;
  readonly chats: EraseChats;
  readonly work: OngoingWork;
  /** undefined when passages are looked up in the tenants' files. */
  readonly index: ErasableIndex | undefined;
  readonly backups: BackupGenerations;
  readonly opsRoom: () => string | undefined;
  /** Called before somebody is frozen who is known: whoever borrowed something of theirs is told. */
  readonly beforeFrozen?: (person: Caller) => void;
  /** Ends everything that a person may still do beside their own data and shares: questions, the ops room. Called at each freeze; may be repeated. */
  readonly onPersonFrozen: readonly ((person: string) => unknown)[];
  readonly clock: Clock;
  readonly log: Logger;
}
