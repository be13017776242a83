import type { AlertLog } from '../../core/alert.ts';
import type { ApiKey, ApiKeys } from '../../core/api-key.ts';
import type { AuditEntry, AuditLog } from '../../core/audit.ts';
import type { Caller } from '../../core/caller.ts';
import type { ExportedAnswer, PassagePlace } from '../../core/export/export-format.ts';
import type { People, Person } from '../../core/people.ts';
import type { TenantReader, Turn, Vault } from '../../core/tenant.ts';
import type { InRooms } from '../in-rooms.ts';
import type { BotRecords } from './bot-records.ts';

const EVERYTHING = 1_000_000;

/** Where an export finds what is kept of a person. */
export interface RecordParts {
  readonly vault: Vault;
  readonly people: Pick<People, 'find' | 'leaver'>;
  readonly audit: Pick<AuditLog, 'recent'>;
  readonly alerts: Pick<AlertLog, 'recent'>;
  /** Of bot.db; none in the console. */
  readonly botRecords: ((person: string) => BotRecords) | undefined;
  /** What the person lent or was lent, as plain values; none where nothing can be lent. */
  readonly shares?: ((caller: Caller) => readonly unknown[]) | undefined;
  /** Their keys of the HTTP API; none where there are none. */
  readonly apiKeys?: Pick<ApiKeys, 'of'> | undefined;
  /** What family rooms hold of them; none in the console, which cannot tell. */
  readonly inRooms?: Pick<InRooms, 'of'> | undefined;
}

/** What a person asked in one family room, and the numbers of the papers that they gave to it. */
export interface RoomRecords {
  readonly room: string;
  readonly questions: readonly ExportedAnswer[];
  readonly papers: readonly number[];
}

/** Everything that is kept of a person beside their documents; each field becomes a file of its own. */
export interface PersonRecords {
  readonly person: Person;
  readonly memory: readonly ExportedAnswer[];
  readonly marked: readonly ExportedAnswer[];
  readonly settings: readonly { readonly key: string; readonly value: string }[];
  readonly forgotten: readonly string[];
  readonly shares: readonly unknown[];
  readonly apiKeys: readonly ApiKey[];
  readonly audit: readonly AuditEntry[];
  readonly alerts: readonly unknown[];
  readonly messages: BotRecords | Record<never, never>;
  readonly rooms: readonly RoomRecords[];
}

/** Reads them, all of one moment as far as one file goes. */
export function personRecords(parts: RecordParts, caller: Caller): PersonRecords {
  const { vault, people, audit, alerts } = parts;
  const kept = vault.read(caller, (reader) => {
    const { turns, settings, forgottenSources } = reader.records();
    return {
      memory: turns.map((turn) => ({ ...answerOf(reader, turn), room: turn.room })),
      marked: reader.badAnswers().map((answer) => answerOf(reader, answer)),
      settings,
      forgotten: forgottenSources,
    };
  });
  return {
    person: (people.find(caller.person) ?? people.leaver(caller.person))!,
    ...kept,
    shares: parts.shares?.(caller) ?? [],
    apiKeys: parts.apiKeys?.of(caller) ?? [],
    audit: audit
      .recent(EVERYTHING)
      .filter((entry) => isAbout(entry, caller))
      .map((entry) => withoutOthers(entry, caller)),
    alerts: alerts.recent(EVERYTHING).filter(({ key, facts }) => names(caller, [key, ...Object.values(facts)])),
    messages: parts.botRecords?.(caller.person) ?? {},
    rooms: (parts.inRooms?.of(caller.person) ?? []).map(({ room, caller: inRoom, turns, papers }) => ({
      ...{ room, papers },
      questions: vault.read(inRoom, (reader) => turns.map((turn) => answerOf(reader, turn))),
    })),
  };
}

function answerOf(reader: TenantReader, { event, question, answer, at, model, passages }: Omit<Turn, 'room'>) {
  const places: PassagePlace[] = reader.passages(passages).map(({ document, position }) => ({ document, position }));
  return { event, question, answer, at, model, passages: places };
}

function isAbout({ actor, target }: AuditEntry, { person, tenant }: Caller): boolean {
  return actor === person || names({ person, tenant }, [target]);
}

/** What others did to a person is theirs to know, but not on what else: of such a row's target stands what names them. */
function withoutOthers(entry: AuditEntry, caller: Caller): AuditEntry {
  if (entry.actor === caller.person) return entry;
  const own = entry.target.split(/\s+/).filter((word) => names(caller, [word]));
  return { ...entry, target: own.join(' ') };
}

/** An id ends where the word does, or at a slash: "@ben:home.test" is not in "@ben:home.test.example". */
function names({ person, tenant }: Pick<Caller, 'person' | 'tenant'>, values: readonly (string | number)[]): boolean {
  const words = values.flatMap((value) => String(value).split(/[\s/]+/));
  return words.includes(person) || words.includes(tenant);
}
