import { randomUUID } from 'node:crypto';
import type { AlertLog } from '../../core/alert.ts';
import type { ApiKeys, OpenedKey } from '../../core/api-key.ts';
import type { Caller, PersonId } from '../../core/caller.ts';
import type { Clock } from '../../core/clock.ts';
import type { DocumentInfo, ReplacedDocument } from '../../core/document.ts';
import { AppError } from '../../core/errors.ts';
import { indexWords } from '../../core/ingest/index-words.ts';
import type { Logger } from '../../core/log.ts';
import type { People } from '../../core/people.ts';
import type { Answer } from '../../core/question.ts';
import type { Answering } from '../answering.ts';
import type { DayCounter } from '../day-counter.ts';
import { type ExportParts, makePart, planExport } from '../export/make-export.ts';
import { forgetDocument } from '../forget-document.ts';
import type { Lane } from '../lane.ts';
import type { Telling } from '../tell-person.ts';
import { ApiUploads, type Upload } from './api-uploads.ts';
import { HttpError } from './http-error.ts';
import { type KeepJob, type KeepParts, keepUpload } from './keep-upload.ts';
import { LaneWork } from './lane-work.ts';
import { type PlannedExport, PlannedExports } from './planned-exports.ts';
import type { UploadedFile } from './read-upload.ts';
import { tellUpload } from './tell-upload.ts';
import { warnOfEnd } from './warn-of-end.ts';

/** What the desk works with; put together by the bot. */
export interface ApiDeskParts {
  readonly keys: ApiKeys;
  readonly people: Pick<People, 'list' | 'callerFor'>;
  readonly alerts: Pick<AlertLog, 'raise' | 'clear'>;
  readonly files: KeepParts;
  readonly answering: Answering;
  readonly exporting: ExportParts;
  readonly lanes: Readonly<Record<'questions' | 'files' | 'scans' | 'exports', Lane>>;
  /** Says something to somebody in their own chat. */
  readonly tell: (person: PersonId, telling: Telling) => unknown;
  readonly counter: Pick<DayCounter, 'answered' | 'kept'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A question of the API. `conversation`: what the person calls it, so that one may ask on; missing: it stands alone. */
export interface ApiQuestion {
  readonly text: string;
  readonly conversation?: string | undefined;
}

/** A list from one number on. */
export interface ListOf {
  readonly after: number;
  readonly limit: number;
}

/** More than a scanner sends ahead of what is read. */
const MOST_OPEN_UPLOADS = 50;
/** By then some of them are read. */
const READING_SECONDS = 30;
/** One part stands in memory a few times over. */
const EXPORT_PART_BYTES = 16 * 1024 * 1024;
/** The first use stands in the trail at once, those that follow it at the latest so much later. */
const SETTLE_MS = 3_600_000;
const SETTLE_EVERY_MS = 60_000;
const WARN_EVERY_MS = 3_600_000;

/** What the HTTP API does for people, once it knows whose key it was given: everything with the caller first, as elsewhere. */
export class ApiDesk {
  readonly #parts: ApiDeskParts;
  readonly #signal: AbortSignal;
  readonly #work: LaneWork;
  readonly #uploads: ApiUploads;
  readonly #exports = new PlannedExports();
  #settledAt = 0;
  #warnedAt = 0;

  constructor(parts: ApiDeskParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
    this.#work = new LaneWork(signal);
    this.#uploads = new ApiUploads(parts.clock);
  }

  get keys(): ApiKeys {
    return this.#parts.keys;
  }

  get alerts(): ApiDeskParts['alerts'] {
    return this.#parts.alerts;
  }

  /** Aborts with the bot, and with a lockdown. */
  get signal(): AbortSignal {
    return this.#signal;
  }

  get fileBytes(): number {
    return this.#parts.files.limits.fileBytes;
  }

  /** Throws HttpError `rate-limited` (`api-files-wait`) when as many of the caller's files wait as may. */
  checkUploads({ person }: Caller): void {
    if (this.#uploads.openOf(person) < MOST_OPEN_UPLOADS) return;
    const facts = { most: MOST_OPEN_UPLOADS };
    const details = { reason: 'api-files-wait', facts, retrySeconds: READING_SECONDS };
    throw new HttpError('rate-limited', 'too many files of one person wait', details);
  }

  /**
   * Takes a file, which is read when its turn comes. `ended` resolves then, whatever came of it, and never rejects. Its person
   * is told in chat, because nobody looks at a scanner's answers, and because a key may be in somebody else's hands.
   */
  upload(
    { caller, key }: Pick<OpenedKey, 'caller' | 'key'>,
    file: UploadedFile,
  ): { readonly upload: Upload; readonly ended: Promise<void> } {
    const upload = this.#uploads.begin(caller, file.name);
    const ended = this.#keep(caller, file, upload)
      .then(
        (outcome) => this.#uploads.end(upload, { outcome }),
        (failure: unknown) => this.#uploads.end(upload, { failure }),
      )
      .then(() => tellUpload(this.#parts, { caller, key: key.name, upload }));
    return { upload, ended };
  }

  /** Throws AppError `not-found` (`no-such-upload`), also for those of others. */
  uploadOf(caller: Caller, id: string): Upload {
    const upload = this.#uploads.find(caller, id);
    if (upload === undefined) throw new HttpError('not-found', 'there is no such upload', { reason: 'no-such-upload' });
    return upload;
  }

  /** The caller's own papers from a number on, earlier versions among them, and whether there are more. */
  documents(
    caller: Caller,
    { after, limit }: ListOf,
  ): { documents: (DocumentInfo | ReplacedDocument)[]; more: boolean } {
    const all = this.#parts.files.vault
      .read(caller, (reader) => [...reader.documents(), ...reader.replacedDocuments()])
      .filter(({ number }) => number > after)
      .sort((left, right) => left.number - right.number);
    return { documents: all.slice(0, limit), more: all.length > limit };
  }

  /** Forgets one of the caller's own, as `!forget` does. Throws AppError `not-found` (`no-such-document`). */
  forget(caller: Caller, number: number): { gone: DocumentInfo; back: DocumentInfo | undefined } {
    const forgotten = this.#parts.files.vault.write(caller, (writer) =>
      forgetDocument(writer, number, indexWords(this.#parts.files)),
    );
    if (forgotten !== undefined) return forgotten;
    const facts = { number };
    throw new AppError('not-found', 'there is no such document', { reason: 'no-such-document', facts });
  }

  /** Answers a question when its turn comes; `leaving` aborts when nobody listens any more. */
  ask(
    caller: Caller,
    { text, conversation }: ApiQuestion,
    { leaving, onPartial }: { readonly leaving: AbortSignal; readonly onPartial: (text: string) => void },
  ): Promise<Answer> {
    const { lanes, answering, counter, clock } = this.#parts;
    const since = clock();
    const event = `api:${randomUUID()}`;
    const room = conversation === undefined ? event : `api/${conversation}`;
    const work = async (signal: AbortSignal) => {
      const answer = await answering(caller, { text, room, event }, { signal, onPartial });
      counter.answered(since);
      return answer;
    };
    return this.#work.run(lanes.questions, caller.person, work, leaving);
  }

  /** Begins an export: decides what goes into which part. */
  async planExport(caller: Caller): Promise<PlannedExport> {
    const { lanes, exporting, clock } = this.#parts;
    const plan = await this.#work.run(lanes.exports, caller.person, (signal) =>
      planExport(exporting, caller, { limit: EXPORT_PART_BYTES, signal }),
    );
    return this.#exports.begin(caller, plan, clock());
  }

  /** One that the caller began a while ago; undefined when there is none. */
  exportOf(caller: Caller, id: string): PlannedExport | undefined {
    return this.#exports.find(caller, id, this.#parts.clock());
  }

  /** One part of an export, as a ZIP that its password opens. */
  exportPart(
    caller: Caller,
    { id, madeAt, plan }: PlannedExport,
    { password, part }: { readonly password: string; readonly part: number },
  ): Promise<Buffer> {
    const { lanes, exporting } = this.#parts;
    const order = { id, madeAt, password, part };
    return this.#work.run(lanes.exports, caller.person, (signal) =>
      makePart(exporting, caller, { plan, order, signal }),
    );
  }

  /** Ends everything that is done for a person here, and forgets the names of their files. */
  stop(person: string): void {
    this.#work.stop(person);
    this.#uploads.forget(person);
  }

  /** Called about once a second. */
  tick(): void {
    const { keys, people, tell, clock } = this.#parts;
    const now = clock();
    if (Math.abs(now - this.#settledAt) < SETTLE_EVERY_MS) return;
    this.#settledAt = now;
    keys.settle(now - SETTLE_MS);
    if (Math.abs(now - this.#warnedAt) < WARN_EVERY_MS) return;
    this.#warnedAt = now;
    warnOfEnd({ people, apiKeys: keys, tell }, now);
  }

  async #keep(caller: Caller, file: UploadedFile, upload: Upload) {
    const { files, lanes, clock, counter } = this.#parts;
    const onProgress = (done: number, total: number) => Object.assign(upload, { done, total });
    const job = { caller, file, source: `api:${upload.id}`, addedAt: clock(), onProgress };
    const read = (ocr: KeepJob['ocr']) => (signal: AbortSignal) => keepUpload(files, { ...job, ocr, signal });
    const first = await this.#work.run(lanes.files, caller.person, read('no'));
    const outcome = first.kind === 'kept' ? first : await this.#work.run(lanes.scans, caller.person, read('yes'));
    if (outcome.kind !== 'kept') throw new AppError('internal', 'a scan was left unread');
    if (!outcome.kept.known) counter.kept();
    return outcome;
  }
}
