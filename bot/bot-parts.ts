import type { Database } from 'better-sqlite3';
import type { TokenVectors } from '../core/ask/token-vectors.ts';
import type { Language, TenantId } from '../core/caller.ts';
import type { Clock } from '../core/clock.ts';
import type { OpenState } from '../core/control.ts';
import type { BackupGenerations } from '../core/erase/backup-generations.ts';
import type { RotationSeen } from '../core/incident/rotation-sight.ts';
import type { FileLimits } from '../core/ingest/read-file.ts';
import type { Logger } from '../core/log.ts';
import type { BotMeter } from '../core/meter.ts';
import type { DrawPng } from '../core/picture.ts';
import type { RetentionPolicy } from '../core/retention/policy.ts';
import type { Accounts } from './accounts.ts';
import type { Answering } from './answering.ts';
import type { CommandServices } from './commands/services.ts';
import type { EraseWaits } from './erase/departures.ts';
import type { ErasableIndex } from './erase/erase-parts.ts';
import type { PackExport } from './export/make-export.ts';
import type { Ask } from './handle-question.ts';
import type { Homeserver, Session } from './matrix/homeserver.ts';
import type { PasswordFile } from './password-file.ts';

/** What the entry file hands over. */
export interface BotParts {
  readonly state: OpenState;
  readonly db: Database;
  readonly session: Session;
  readonly homeserver: Homeserver;
  readonly opsRoomSetting: string;
  /** Where the bot's password is written; undefined where it comes from elsewhere. */
  readonly passwordFile: PasswordFile | undefined;
  /** Accounts of the homeserver; undefined where the bot was given no right over them. */
  readonly accounts: Accounts | undefined;
  /** Where Element is in a browser, for set-up cards; undefined where none is served. */
  readonly webClient: string | undefined;
  /** Whether a helper of the host is set up, which the process of the jobs can ask. */
  readonly hasHostHelper: boolean;
  /** What can be seen of what is changed after an incident. */
  readonly seeRotation: () => RotationSeen;
  readonly limits: FileLimits;
  readonly waits: EraseWaits;
  /** The index outside of the tenants' files, where there is one. */
  readonly index: ErasableIndex | undefined;
  readonly encoder: TokenVectors;
  readonly gramsOf: (text: string) => string[];
  readonly ask: Ask;
  /** As `ask`, for the HTTP API: what was found, not its words. */
  readonly answering: Answering;
  /** Commands' services that do not come from the bot's own parts. */
  readonly services: Pick<CommandServices, 'models'>;
  readonly retention: RetentionPolicy;
  /** Missing: nobody asked for metrics. */
  readonly meter: BotMeter | undefined;
  /** Which backups may hold what is kept now, and until when. */
  readonly backups: BackupGenerations;
  readonly version: string;
  /** Packs exports with a password (core/zipjs). */
  readonly packExport: PackExport;
  /** Makes PNGs (core/resvg). */
  readonly drawPng: DrawPng;
  /** The crypto store cannot be written any more: must end the process at once, as going on would hand out keys that a restart does not know. */
  readonly onStoreFailure: (error: unknown) => void;
  /** Called after a document was stored, to give it its dense vectors; undefined when there is no embedder. */
  readonly onStored: (() => void) | undefined;
  /** Told after a tenant has a new key. */
  readonly onKeyChanged: (tenant: TenantId) => void;
  /** Called once an admin has locked the bot down: ends it, and its keys with it. */
  readonly onLockdown: (language: Language) => void;
  readonly clock: Clock;
  readonly log: Logger;
}
