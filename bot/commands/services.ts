import type { AlertLog } from '../../core/alert.ts';
import type { ApiKeys } from '../../core/api-key.ts';
import type { Embedders } from '../../core/ask/serving-embedder.ts';
import type { AuditLog } from '../../core/audit.ts';
import type { Generations } from '../../core/backup/generation.ts';
import type { Language, PersonId } from '../../core/caller.ts';
import type { Clock } from '../../core/clock.ts';
import type { HouseSeries } from '../../core/house-series.ts';
import type { Identities } from '../../core/identities.ts';
import type { IncidentDesk } from '../../core/incident/incident-desk.ts';
import type { Heartbeats, JobLog, JobRequests } from '../../core/job.ts';
import type { TenantKeys } from '../../core/keys/tenant-keys.ts';
import type { People } from '../../core/people.ts';
import type { Checklist } from '../../core/posture.ts';
import type { RetentionPolicy } from '../../core/retention/policy.ts';
import type { Shares } from '../../core/shares.ts';
import type { Vault, WordsOf } from '../../core/tenant.ts';
import type { AccountDesk } from '../account-desk.ts';
import type { EmbeddingProgress } from '../embedding-progress.ts';
import type { Departures } from '../erase/departures.ts';
import type { HandOver } from '../hand-over.ts';
import type { InRooms } from '../in-rooms.ts';
import type { PasswordDesk } from '../password-desk.ts';
import type { Telling } from '../tell-person.ts';
import type { EmbeddingState, ModelInUse } from '../wording/facts/commands.ts';
import type { Command } from './command-spec.ts';

/** What the bot tells about itself when an admin asks: counts, sizes and names of models. */
export interface BotFigures {
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly memoryBytes: number;
  readonly documents: number;
  readonly passages: number;
  readonly filesWaiting: number;
  readonly questionsWaiting: number;
  readonly repliesWaiting: number;
  readonly undecryptable: number;
}

/** Which models read people's texts; null where none does. */
export interface ModelsInUse {
  /** By which the store knows the embedder's vectors; missing where there are none. */
  readonly embedder?: string | undefined;
  readonly answering: ModelInUse | null;
  readonly embedding: ModelInUse | null;
  /** The embedder of a model used before, where it can still be run; missing: none can. */
  readonly earlier?: Embedders['earlier'];
  /** Whether the embedding model works, where there is one or should be; missing: it does. */
  readonly embeddingState?: (() => EmbeddingState) | undefined;
}

/** A backup, by when it was made and when it is deleted at the latest, milliseconds since 1970; null: nobody of ours removes it. */
export interface Backup {
  readonly madeAt: number;
  readonly keptUntil: number | null;
}

/**
 * Everything that commands can be given, made by the entry file. No executor gets it whole: each names what it needs
 * (`CommandSpec.needs`).
 */
export interface CommandServices {
  readonly vault: Vault;
  /** Makes the word indexes of an earlier version that becomes current again. */
  readonly wordsOf: WordsOf;
  readonly people: People;
  readonly shares: Shares;
  readonly identities: Identities;
  /** Keys of the HTTP API. */
  readonly apiKeys: Pick<ApiKeys, 'make' | 'of' | 'revoke' | 'endAll'>;
  readonly alerts: Pick<
    AlertLog,
    'recent' | 'undelivered' | 'raise' | 'clear' | 'find' | 'open' | 'acknowledge' | 'snooze'
  >;
  readonly heartbeats: Heartbeats;
  /** Backups that were made, with what was proven of them. */
  readonly generations: Pick<Generations, 'all'>;
  /** The security checklist as judged last; undefined before the first time. */
  readonly checklist: () => Checklist | undefined;
  /** Runs of jobs, and the wish for some. */
  readonly jobs: Pick<JobLog, 'lastEnded' | 'underWay' | 'plans'>;
  readonly requests: Pick<JobRequests, 'ask' | 'cancel' | 'waiting'>;
  readonly audit: Pick<AuditLog, 'append' | 'concerning' | 'anchor' | 'rowsAfter'>;
  /** The steps of an incident, and its report. */
  readonly incident: IncidentDesk;
  /** What of that can be changed from here: the bot's own password, and what a helper of the host does. undefined in the console. */
  readonly changes: { readonly password: PasswordDesk['change']; readonly hasHostHelper: boolean } | undefined;
  /** Ages of keys, and the wish for new ones. */
  readonly keys: Pick<TenantKeys, 'ages' | 'master' | 'request' | 'waiting'>;
  /** Drops the keys of everybody's documents from memory once this command is answered; what follows is told in this language. */
  readonly lockDown: (language: Language) => void;
  readonly clock: Clock;
  /** How long everything is kept. */
  readonly retention: RetentionPolicy;
  readonly figures: () => BotFigures;
  /** The house over the last days. */
  readonly series: () => HouseSeries;
  readonly models: () => ModelsInUse;
  /** How far the embedding model has come with what is kept; undefined where there is none. */
  readonly progress: () => EmbeddingProgress | undefined;
  /** Name of the server that holds people's chats, as they would recognise it; "" when there are no chats. */
  readonly server: string;
  /** Backups that may hold what is kept now; missing: none are made. */
  readonly backups?: (() => readonly Backup[]) | undefined;
  /** The bot's own address; undefined in the console. */
  readonly bot: PersonId | undefined;
  /** Ends the questions of a person that are being answered or wait, and their exports. Returns how many there were of each. */
  readonly stopQuestions: (person: string) => {
    readonly running: number;
    readonly waiting: number;
    readonly exports?: number;
  };
  /**
   * Says something to another person, in their own direct chat and language. False when there is no such chat.
   */
  readonly tellPerson: (person: PersonId, message: Telling) => boolean;
  /**
   * Brings the ops room in line with who is an admin: invites and removes. Returns false when the room could not be
   * brought up to date now.
   */
  readonly refreshOpsRoom: () => Promise<boolean>;
  /** What family rooms hold of people; missing in the console, which has none. */
  readonly inRooms?: InRooms | undefined;
  /** Leaving and erasing; undefined in the console, which has no chats. */
  readonly departures: Departures | undefined;
  /** Accounts of the family's own homeserver; undefined in the console. */
  readonly accounts?: AccountDesk | undefined;
  /** The secrets of the first start; undefined in the console, which shows them at the terminal. */
  readonly handOver: Pick<HandOver, 'isOpen' | 'confirm'> | undefined;
}

/** What executors can name: the services, and the list of commands that help is made from. */
export interface ExecutorServices extends CommandServices {
  readonly commands: readonly Command[];
}
