import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { botRecords } from '../../../bot/export/bot-records.ts';
import { sharesOf } from '../../../bot/export/shares-of.ts';
import { InRooms } from '../../../bot/in-rooms.ts';
import type { OpenedKey } from '../../../core/api-key.ts';
import type { Caller } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import { deriveKey } from '../../../core/keys/derive.ts';
import { unlockMasterKey } from '../../../core/keys/master-key.ts';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { asParts, exportOf, exportPartsOf, fillTenant } from '../../core/export/sample-tenant.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { NOW, openRaw, openTestState, PASSPHRASE, temporaryFolder } from '../../core/sqlite/temporary-state.ts';
import { temporaryBotDb } from '../matrix/bot-db.ts';

/**
 * What is not in an export as it is stored, by `table.column` or `table`, with the reason. Everything else that a store holds
 * of a person has to be found there, so whoever adds a column adds it to the export or writes its reason here.
 */
const LEFT_OUT: Readonly<Record<string, string>> = {
  // tenants/<id>.db
  'passages.id': 'inner number; passages are named by document and position',
  passage_pieces: 'index, made again from the text',
  passage_grams: 'index, made again from the text',
  word_blocks: 'index, made again from the text',
  gram_runs: 'index, made again from the text',
  piece_blocks: 'index, made again from the text',
  whole_vectors: 'vectors, made again from the text by the model of the other household',
  vector_codes: 'vectors, made again from the text by the model of the other household',
  models: 'which models made vectors; !privacy tells it',
  embedded: 'which passages have vectors',
  'turns.id': 'inner number; the order of the list',
  'turns.passages': 'inner numbers, written as document and position',
  'bad_answers.passages': 'inner numbers, written as document and position',
  staged_documents: 'a document on its way in; it is kept a moment later, or gone',
  staged_passages: 'a document on its way in; it is kept a moment later, or gone',
  'source_rooms.sender': 'who sent it: said in a family room’s own file only',
  // control.db
  'tenants.wrapped_key': 'a key',
  'tenants.made_at': 'tells a lost file from a new one',
  'tenants.kind': 'a person’s own, always',
  'tenants.key_generation': 'which file the key opens',
  'tenants.key_made_at': 'age of the key; !keys tells it',
  key_requests: 'that a new key is on its way',
  'audit.actor': 'an alias; the export names who it is',
  'audit.target': 'an alias; the export names what it is',
  audit_names: 'whom the aliases mean; the export has the names themselves',
  erase_secret: 'a key',
  erasures: 'what is on its way tells !delete-me; what is over names nobody',
  tombstones: 'marks of people who are gone',
  endings: 'marks of shares that ended and of papers that were forgotten',
  family_rooms: 'a room’s, not a person’s',
  'shares.shelf': 'inner name of the copy',
  'shares.reader_number': 'how the other one counts it',
  'shares.state': 'only open ones are told',
  identities: 'public keys that anybody can ask the homeserver for',
  api_secret: 'a key',
  'api_keys.id': 'part of a key',
  'api_keys.hash': 'of a key',
  'api_keys.is_over': 'whether it was ended before its time; isEnded tells it',
  'api_keys.source': 'the message that asked for the key',
  api_key_numbers: 'how far the keys were counted',
  api_key_uses: 'uses that the trail is about to count; the key’s own count has them',
  share_numbers: 'how far the shares were counted',
  'people.removed_at': 'who was removed asks for nothing',
  'people.takes_along': 'that somebody removed may still ask for this export',
  job_runs: 'nobody’s: runs of jobs',
  'alerts.flapping': 'whether it comes and goes',
  'alerts.acknowledged_at': 'when an admin took note of it',
  'alerts.snoozed_until': 'until when admins put it off',
  'alerts.flapping_told_at': 'when the ops room was told',
  'alerts.reminded_at': 'when the ops room was told',
  'alerts.over_told_at': 'when the ops room was told',
  'alerts.quiet_since': 'when it was away the last time',
  alert_ways: 'nobody’s: by which other way an alert was sent',
  job_requests: 'what an admin asked of the jobs; the rows of their trail tell it',
  job_cancels: 'what an admin cancelled; the rows of their trail tell it',
  job_plans: 'nobody’s: when jobs run',
  backups: 'nobody’s: sizes, times and the key of one archive until it was proven',
  backup_copies: 'nobody’s: where copies of a backup lie',
  daily_figures: 'nobody’s: figures of the house by day',
  daily_answers: 'nobody’s: how long answers took, by day',
  heartbeats: 'nobody’s: when the processes were alive',
  facts:
    'nobody’s: facts of the installation; for whom a set-up card is, until it is taken back, which admins see in the ops room',
  'audit.id': 'number of the row among everybody’s',
  'audit.hash': 'covers everybody’s rows',
  // bot.db
  uploads: 'where the homeserver keeps what was sent, to take it back',
  crypto_inbox: 'nobody’s: keys on their way to the crypto store',
  crypto_databases: 'nobody’s: layout of the crypto store',
  crypto_records: 'keys',
  taken_by_backups: 'nobody’s: which tables a backup takes along',
  seen_messages: 'fingerprints that tell repeats; whose they are is not noted',
  gaps: 'nobody’s: where the server still has to be asked',
  'events.position': 'inner number; the order of the list',
  'events.batch': 'inner number',
  'events.sender': 'whose export it is',
  'events.members': 'while a message waits: who else was in its room then, which is about them',
  'outbox.id': 'inner number; the order of the list',
  'outbox.audience': 'whose export it is',
  'outbox.edit_of': 'names a message that is in the list itself',
  'outbox.next_at': 'when an undelivered message is tried again',
  'exports.salt': 'makes the password of a running export',
  'exports.plan': 'inner numbers of a running export',
};

/** Columns of small numbers, which would be found anywhere: the field of the export that has to hold just theirs. */
const FIELDS: Readonly<Record<string, string>> = {
  ...{ 'documents.number': 'number', 'documents.passages': 'passageCount' },
  ...{ 'replaced_documents.number': 'number', 'replaced_documents.replaced_by': 'replacedBy' },
  ...{ 'replaced_documents.passages': 'passageCount', 'document_sources.document': 'number' },
  ...{ 'passages.document': 'number', 'replaced_passages.document': 'number' },
};
for (const table of ['passages', 'replaced_passages']) {
  const fields = { position: 'position', start_offset: 'start', end_offset: 'end', language: 'language' };
  for (const [column, field] of Object.entries(fields)) Object.assign(FIELDS, { [`${table}.${column}`]: field });
}
Object.assign(FIELDS, { 'alerts.id': 'id', 'alerts.repeats': 'repeats', 'people.language': 'language' });
Object.assign(FIELDS, {
  'rooms.joined': 'joined',
  'events.told': 'told',
  'events.stopped': 'stopped',
  'outbox.attempts': 'attempts',
});
Object.assign(FIELDS, { 'api_keys.number': 'number', 'api_keys.uses': 'uses' });
Object.assign(FIELDS, { 'shares.owner_number': 'number', 'shares.document': 'document' });
Object.assign(FIELDS, { 'documents.kind': 'kind', 'replaced_documents.kind': 'kind', 'events.state': 'state' });

const ADA = '@ada:home.test';
let place: ReturnType<typeof temporaryFolder>;
let bot: ReturnType<typeof temporaryBotDb>;
let state: OpenState;
let ada: Caller;
beforeEach(async () => {
  place = temporaryFolder();
  bot = temporaryBotDb();
  state = await openTestState(place.stateDir);
  state.control.people.add({ id: ADA, role: 'admin', language: 'en' });
  ada = state.control.people.callerFor(ADA)!;
});
afterEach(() => {
  state[Symbol.dispose]();
  bot.remove();
  place.remove();
});

/** Every leaf of the export's JSON files, and the leaves by the name of their field. */
async function exported(): Promise<{ leaves: Set<string>; fields: Map<string, Set<string>> }> {
  const [leaves, fields] = [new Set<string>(), new Map<string, Set<string>>()];
  const walk = (value: unknown, field: string): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) walk(inner, Array.isArray(value) ? field : name);
      return;
    }
    leaves.add(String(value));
    fields.set(field, (fields.get(field) ?? new Set()).add(String(value)));
  };
  const parts = exportPartsOf(state, {
    botRecords: (person) => botRecords(bot.db, person),
    shares: (caller) => sharesOf(state.shares, caller),
    apiKeys: state.control.apiKeys,
    inRooms: new InRooms({ vault: state.vault, db: bot.db, people: state.control.people, families: state.rooms }),
  });
  for (const part of asParts(await exportOf(parts, ada))) {
    for (const [name, bytes] of await part.open()) {
      if (name.endsWith('.json') && name !== 'manifest.json') walk(JSON.parse(new TextDecoder().decode(bytes)), '');
    }
  }
  return { leaves, fields };
}

/** The columns of a store that the export lacks, or of which the sample says nothing, so that nobody could tell. */
async function missing(db: Database.Database): Promise<string[]> {
  const { leaves, fields } = await exported();
  const tables = db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all() as string[];
  const found: string[] = [];
  for (const table of tables.filter((name) => LEFT_OUT[name.replace(/_\d+$/, '')] === undefined)) {
    for (const column of db.prepare(`SELECT name FROM pragma_table_info(?)`).pluck().all(table) as string[]) {
      const name = `${table}.${column}`;
      if (LEFT_OUT[name] !== undefined) continue;
      const values = (db.prepare(`SELECT ${column} FROM ${table}`).pluck().all() as unknown[])
        .filter((value) => value !== null && value !== '')
        .map(String);
      const field = FIELDS[name];
      const has = field === undefined ? leaves : (fields.get(field) ?? new Set());
      const isTelling = field !== undefined || values.some((value) => value.length >= 4);
      if (values.length === 0 || !isTelling) found.push(`${name}: the sample has no telling value`);
      for (const value of values) if (!has.has(value)) found.push(`${name}: ${value} is not in the export`);
    }
  }
  return found;
}

describe('an export holds', () => {
  it('every column of the tenant file, or a reason is written down', async () => {
    fillTenant(state, ada);
    const db = await openRaw(place.stateDir, join(place.folder, 'copy'), ada.tenant);
    expect(await missing(db)).toEqual([]);
    // A column that nobody thought of is noticed.
    db.exec("ALTER TABLE turns ADD COLUMN mood TEXT NOT NULL DEFAULT 'mood-of-the-turn'");
    expect(await missing(db)).toContain('turns.mood: mood-of-the-turn is not in the export');
    db.exec('CREATE TABLE diary (entry TEXT)');
    expect(await missing(db)).toContain('diary.entry: the sample has no telling value');
    db.close();
  });

  it('every column of what control.db holds of the person, or a reason is written down', async () => {
    state.control.people.markGreeted(ada.person, NOW + 1234);
    state.control.audit.append({
      at: NOW + 5,
      actor: ADA,
      action: 'command.forget',
      target: `${ada.tenant}/3`,
      outcome: 'done',
    });
    state.control.alerts.raise({
      code: 'no-signed-device',
      severity: 'warning',
      key: `no-signed-device ${ADA}`,
      facts: { person: ADA },
    });
    const wish = { name: 'scanner-of-ada', scopes: ['upload'], endsAt: NOW + 77_777, source: '$apikey' } as const;
    const made = state.control.apiKeys.open(state.control.apiKeys.make(ada, wish).text) as OpenedKey;
    state.control.apiKeys.noteUse(made.id, 'upload', 'done');
    for (const alert of state.control.alerts.undelivered()) state.control.alerts.markDelivered(alert.id);
    state.control.alerts.clear(`no-signed-device ${ADA}`);
    state.control.people.add({ id: '@ben:home.test', role: 'admin', language: 'en' });
    const ben = state.control.people.find('@ben:home.test')!;
    state.shares.begin(ada, { document: 7, reader: ben.id, until: NOW + 99_999 }).open();
    const { leaves } = await exported();
    (await openRaw(place.stateDir, join(place.folder, 'copy'), ada.tenant)).close();
    const key = deriveKey(await unlockMasterKey(join(place.folder, 'copy', 'keys.json'), PASSPHRASE), 'control.db');
    const db = openEncrypted(join(place.folder, 'copy', 'control.db'), key, { mustExist: true });
    // JSON in its column, an object in the export.
    expect(leaves).toContain(ADA);
    const isAlert = (line: string) => line.startsWith('alerts.facts: {"person":"@ada:home.test"}');
    // Ben's own, and the copy's.
    const isOthers = (line: string) => /^(tenants\.id|people\.tenant): /.test(line) && !line.includes(ada.tenant);
    expect((await missing(db)).filter((line) => !isAlert(line) && !isOthers(line))).toEqual([]);
    db.close();
  });

  it('every column of what bot.db holds of the person, or a reason is written down', async () => {
    bot.db.exec(`
      INSERT INTO events (event_id, room_id, position, batch, state, body, received_at, waiting_since, told, sender)
        VALUES ('$event-id', '!event-room', 1, 1, 'waiting', '{"event":"body"}', 1700000000001, 1700000000002, 1, '${ADA}'),
          ('$password-event', '!event-room', 2, 1, 'done', NULL, 1700000000003, NULL, 0, '${ADA}'),
          ('$reaction-event', '!event-room', 3, 1, 'done', NULL, 1700000000004, NULL, 0, '${ADA}');
      INSERT INTO invites VALUES ('!invite-room', '${ADA}', 1700000000005);
      INSERT INTO rooms VALUES ('!shared-room', 1, 1700000000006, 1700000000007, '{"told":["crowd"]}');
      INSERT INTO members VALUES ('!shared-room', '${ADA}', 'join');
      INSERT INTO outbox (transaction_id, room_id, audience, type, content, source, state, event_id, created_at, tried_at, attempts)
        VALUES ('kin.transaction', '!outbox-room', '{"kind":"direct","person":"${ADA}"}', 'm.room.message', '{"body":"waits"}',
          '$asked', 'pending', '$sent-event', 1700000000008, 1700000000009, 3);
      INSERT INTO locked_files VALUES ('$locked', '!locked-room', '${ADA}', 1700000000010, 1700000000011, '{"file":"locked"}');
      INSERT INTO password_messages VALUES ('$password-event', 1700000000012, '$locked-file');
      INSERT INTO thumbs_down VALUES ('$reaction-event', '$question-event');
      INSERT INTO exports VALUES ('$export-event', '${ADA}', '!export-room', 1700000000013, 'done', NULL, NULL, 1700000000014);
    `);
    // Whose it is stands in person.json.
    expect(await missing(bot.db)).toEqual([]);
  });

  it('what family rooms hold of the person, and a whole room of what is others’ is left there', async () => {
    const { people } = state.control;
    people.add({ id: '@ben:home.test', role: 'member', language: 'en' });
    state.rooms.askMembership(() => true);
    bot.db.exec(`INSERT INTO events (event_id, room_id, position, batch, state, received_at, told, sender)
      VALUES ('$ada', '!family-room', 1, 1, 'done', 1, 0, '${ADA}'), ('$ben', '!family-room', 2, 1, 'done', 1, 0, '@ben:home.test')`);
    state.vault.write(state.rooms.enter('!family-room', ADA)!, (writer) => {
      for (const [who, sender] of [
        ['ada', ADA],
        ['ben', '@ben:home.test'],
      ] as const) {
        const turn = { event: `$${who}`, room: '!family-room', question: `${who}-question`, answer: `${who}-answer` };
        writer.addTurn({ ...turn, at: 1_700_000_123_456, passages: [], model: `${who}-model` });
        const document = sampleDocument(`$${who}-source`, { name: `${who}-paper`, note: `${who}-note` });
        writer.addDocument(document, [{ ...samplePassage(0, `${who}-text`), heading: `${who}-heading` }]);
        writer.noteRoom(`$${who}-source`, '!family-room', sender);
      }
    });
    const { leaves } = await exported();
    const words = ['question', 'answer', 'model', 'source', 'paper', 'note', 'text', 'heading'];
    expect(words.filter((word) => ![...leaves].some((leaf) => leaf.includes(`ada-${word}`)))).toEqual([]);
    expect(leaves).toContain('!family-room');
    expect([...leaves].filter((leaf) => /ben/.test(leaf))).toEqual([]);
  });

  it('nothing of anybody else', async () => {
    state.control.people.add({ id: '@ada:home.test.example', role: 'member', language: 'en' });
    state.control.audit.append({
      at: NOW,
      actor: '@ada:home.test.example',
      action: 'other-act',
      target: '-',
      outcome: 'done',
    });
    bot.db.exec("INSERT INTO invites VALUES ('!other-room', '@ada:home.test.example', 1700000000005)");
    const { leaves } = await exported();
    expect([...leaves].filter((leaf) => /other-|example/.test(leaf))).toEqual([]);
  });

  it('of what others did with the person, who and when, not what else they have', async () => {
    state.control.people.add({ id: '@bob:home.test', role: 'member', language: 'en' });
    const { tenant } = state.control.people.find('@bob:home.test')!;
    const lending = { document: 4711, reader: ada.person, until: null };
    state.shares.begin(state.control.people.callerFor('@bob:home.test')!, lending).open();
    const act = { at: NOW, actor: '@bob:home.test', action: 'command.share', outcome: 'done' } as const;
    state.control.audit.append({ ...act, target: `${tenant}/4711 ${ADA}` });
    bot.db.exec(`
      INSERT INTO rooms VALUES ('!with-bob', 1, 1, 1, '{"told":["crowd","unsigned @bob:home.test","unsigned ${ADA}"]}');
      INSERT INTO members VALUES ('!with-bob', '${ADA}', 'join');
    `);
    const { leaves } = await exported();
    expect([...leaves].filter((leaf) => leaf.includes(tenant) || /4711|unsigned @bob/.test(leaf))).toEqual([]);
    for (const own of ['@bob:home.test', 'command.share', `unsigned ${ADA}`])
      expect(
        [...leaves].some((leaf) => leaf.includes(own)),
        own,
      ).toBe(true);
  });
});
