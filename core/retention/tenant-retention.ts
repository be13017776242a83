import type { DocumentInfo, ReplacedDocument } from '../document.ts';
import type { TenantReader, TenantWriter } from '../tenant.ts';
import { type Age, cutoff, DAY_MS, parseAge, writeAge } from './age.ts';
import { PERSON_CLASSES, type PersonAges, type PersonClass, type RetentionChoices } from './policy.ts';

/** A document is named to its person for so long before it goes by its age. */
export const NOTICE_MS = 7 * DAY_MS;

/** The tenant's setting that holds when each document that will go was named to its person: `{"3": 1800000000000}`. */
const NAMED = 'retention.named';

/** What one tenant has that was kept long enough. */
export interface Expired {
  /** Questions with their answers. */
  readonly chat: number;
  readonly documents: readonly (DocumentInfo | ReplacedDocument)[];
  /** Events of answers marked as bad. */
  readonly badAnswers: readonly string[];
}

/** What the tenant's person chose. Used by `!retention` and the sweep. */
export function choicesOf(reader: Pick<TenantReader, 'setting'>): RetentionChoices {
  const chosen = PERSON_CLASSES.map((name) => [name, parseAge(reader.setting(choiceSetting(name)) ?? '')] as const);
  return Object.fromEntries(chosen.filter(([, age]) => age !== undefined));
}

/** Stores a choice; undefined takes it back. Whether it is allowed was judged before. */
export function choose(writer: TenantWriter, name: PersonClass, age: Age | undefined): void {
  writer.setSetting(choiceSetting(name), age === undefined ? '' : writeAge(age));
}

/** What would go now, with these ages. Changes nothing. */
export function expiredOf(reader: TenantReader, ages: PersonAges, now: number): Expired {
  const [chat, documents, bad] = [cutoff(ages.chat, now), cutoff(ages.documents, now), cutoff(ages.badAnswers, now)];
  return {
    chat: chat === undefined ? 0 : reader.turnsBefore(chat),
    documents: documents === undefined ? [] : documentsBefore(reader, documents),
    badAnswers: bad === undefined ? [] : reader.badAnswers().flatMap(({ event, at }) => (at < bad ? [event] : [])),
  };
}

/** Documents that will go within the time of notice and that nobody has been told of. */
export function documentsToName(reader: TenantReader, ages: PersonAges, now: number): Expired['documents'] {
  const before = cutoff(ages.documents, now + NOTICE_MS);
  if (before === undefined) return [];
  const named = namedIn(reader);
  return documentsBefore(reader, before).filter(({ number }) => named[number] === undefined);
}

/** Notes that documents were named to their person; forgets it of those that will not go any more. */
export function noteNamed(
  writer: TenantWriter,
  ages: PersonAges,
  { numbers, now }: { numbers: readonly number[]; now: number },
): void {
  const before = cutoff(ages.documents, now + NOTICE_MS);
  const going = before === undefined ? [] : documentsBefore(writer, before).map(({ number }) => number);
  const named = namedIn(writer);
  const kept = going.flatMap((number) => {
    const at = numbers.includes(number) ? now : named[number];
    return at === undefined ? [] : [[number, at] as const];
  });
  const text = JSON.stringify(Object.fromEntries(kept));
  if (text !== (writer.setting(NAMED) ?? '{}')) writer.setSetting(NAMED, text);
}

/** The expired documents whose person was told long enough ago. */
export function documentsDue(reader: TenantReader, expired: Expired, now: number): Expired['documents'] {
  const named = namedIn(reader);
  return expired.documents.filter(({ number }) => now - (named[number] ?? now) >= NOTICE_MS);
}

/**
 * Removes what is expired: turns older than their age, marked answers, and these documents with all that was made of them.
 * Chat memory goes with a document, because earlier answers may quote it. Inside `vault.write`.
 */
export function removeExpired(writer: TenantWriter, expired: Expired, chatBefore: number | undefined): void {
  if (chatBefore !== undefined) writer.forgetTurnsBefore(chatBefore);
  for (const event of expired.badAnswers) writer.forgetBadAnswer(event);
  for (const { number } of expired.documents) writer.forgetDocument(number);
  if (expired.documents.length > 0) writer.forgetTurns();
}

/** A file that was sent again counts from then: somebody wanted it still. Earlier versions first, so that none comes back. */
function documentsBefore(reader: TenantReader, time: number): Expired['documents'] {
  const newest = ({ number, addedAt }: DocumentInfo) =>
    reader.sourcesOf(number).reduce((latest, source) => Math.max(latest, source.addedAt), addedAt);
  return [...reader.replacedDocuments(), ...reader.documents()].filter((document) => newest(document) < time);
}

function namedIn(reader: TenantReader): Readonly<Record<number, number>> {
  return JSON.parse(reader.setting(NAMED) ?? '{}') as Record<number, number>;
}

/** The tenant's setting that holds a choice. */
export function choiceSetting(name: PersonClass): string {
  return `retention.${name}`;
}
