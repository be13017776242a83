import { channel } from 'node:diagnostics_channel';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EventLine } from '../../../bot/event-line.ts';
import { botRecords } from '../../../bot/export/bot-records.ts';
import { ExportBook } from '../../../bot/export/export-book.ts';
import { ExportDesk } from '../../../bot/export/export-desk.ts';
import { Lane } from '../../../bot/lane.ts';
import type { CryptoMachine } from '../../../bot/matrix/crypto-machine.ts';
import type { Homeserver } from '../../../bot/matrix/homeserver.ts';
import { Inbox } from '../../../bot/matrix/inbox.ts';
import { encryptedFileOf, fetchAttachment } from '../../../bot/matrix/media.ts';
import { Outbox } from '../../../bot/matrix/outbox.ts';
import { RoomBook } from '../../../bot/matrix/room-book.ts';
import { Sender } from '../../../bot/matrix/sender.ts';
import { Uploads } from '../../../bot/matrix/uploads.ts';
import { replyTo } from '../../../bot/surroundings.ts';
import { TaskLine } from '../../../bot/task-line.ts';
import { checkManifest } from '../../../core/export/manifest.ts';
import { createLogger } from '../../../core/log.ts';
import { openSealedZip } from '../../../core/zipjs/sealed-zip.ts';
import { openBotDb } from '../../bot/matrix/bot-db.ts';
import { ADA, answer, BOT, text, timeline } from '../../bot/matrix/sample-events.ts';
import { respond, type Seen, SmallHomeserver } from '../../bot/matrix/small-homeserver.ts';
import { exportPartsOf } from '../../core/export/sample-tenant.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { filesUnder, openTestState } from '../../core/sqlite/temporary-state.ts';
import type { KillScenario } from './scenario.ts';

const CHAT = '!chat';
const CANARY = 'canaryword';

/**
 * Everything is sent to its person: password and parts once each, whatever is killed; no words on the disk outside of
 * encrypted files. Messages are sent as they are here: their encryption has kills of its own (crypto-kill.test.ts).
 */
export const exporting: KillScenario = { name: 'export', setUp, act, check };

// What names its places for kills of the bot names them for kills of one act too.
channel('kinkeeper:checkpoint').subscribe((name) => channel('kinkeeper:step').publish(name));

/** A household with an export asked for and not begun. */
async function setUp(folder: string): Promise<void> {
  mkdirSync(join(folder, 'server'), { recursive: true });
  using state = await openTestState(join(folder, 'state'));
  state.control.people.add({ id: ADA, role: 'member', language: 'en' });
  const caller = state.control.people.callerFor(ADA)!;
  for (let paper = 0; paper < 3; paper++) {
    const words = Array.from({ length: 500 }, (_, at) => `${CANARY}${paper}x${at}`).join(' ');
    state.vault.write(caller, (writer) => writer.addDocument(sampleDocument(`$${paper}`), [samplePassage(0, words)]));
  }
  const db = openBotDb(folder);
  const { inbox, rooms } = books(db);
  inbox.store(answer('s0', {}));
  rooms.markJoined(CHAT, 1);
  rooms.markEncrypted(CHAT, 1);
  inbox.store(answer('s1', { [CHAT]: timeline([text('$asked')]) }));
  for (let batch = inbox.crypto.next(); batch; batch = inbox.crypto.next()) inbox.crypto.markFed(batch.batch);
  db.close();
}

/** The bot from its start to the end of the export. The server's side lies in files, so that it outlives the process. */
async function act(folder: string): Promise<void> {
  const server = await SmallHomeserver.start();
  server.uploadLimit = 24_000;
  server.members.set(CHAT, [BOT, ADA]);
  server.fault = (seen, response) => onDisk(folder, seen, (body) => respond(response, 200, body));
  using state = await openTestState(join(folder, 'state'));
  const db = openBotDb(folder);
  const stop = new AbortController();
  const { lanes, inbox, sender } = assemble({ db, state, homeserver: server.client(BOT, 'BOT') }, stop.signal);
  await lanes.pump();
  while (!inbox.isDone('$asked')) {
    await sender.drain(stop.signal);
    await pause(5);
  }
  await sender.drain(stop.signal);
  await lanes.close();
  db.close();
  await server.stop();
}

type Db = ReturnType<typeof openBotDb>;

function books(db: Db) {
  const rooms = new RoomBook(db);
  const outbox = new Outbox(db, Date.now);
  return { rooms, outbox, inbox: new Inbox(db, { own: BOT, rooms, outbox, now: Date.now }) };
}

function assemble(
  { db, state, homeserver }: { db: Db; state: Awaited<ReturnType<typeof openTestState>>; homeserver: Homeserver },
  signal: AbortSignal,
) {
  const { rooms, outbox, inbox } = books(db);
  const { people, alerts } = state.control;
  const log = createLogger({ name: 'test', level: 'silent' });
  const crypto = {
    encrypt: async (_room: string, { type, content }: object & Record<string, unknown>) => ({ type, content }),
  };
  const sender = new Sender({
    ...{ own: BOT, homeserver, outbox, rooms, now: Date.now },
    crypto: crypto as unknown as CryptoMachine,
    isKnown: (user) => people.find(user) !== undefined,
    isAdmin: () => false,
    isLeaving: () => false,
    onRefused: () => {},
    onDelay: () => {},
  });
  const exports = new Lane(1);
  const wake = () => {};
  const line = new EventLine(
    {
      ...{ inbox, clock: Date.now, log },
      begin: async ({ event, room }) => {
        const caller = people.callerFor(event.sender)!;
        const opened = {
          event,
          room,
          type: event.type,
          content: event.content,
          wasEncrypted: true,
          shield: 'ok' as const,
        };
        const reply = replyTo({ outbox, sender, clock: Date.now, wake }, opened, {
          roomKind: 'direct',
          msgtype: 'm.notice',
        });
        const signalOf = line.signalOf(event.event_id);
        const audience = { kind: 'direct' as const, person: caller.person };
        desk.take({ opened, caller, audience, language: 'en', reply, late: false, signal: signalOf }, () => {});
      },
    },
    signal,
  );
  const tasks = new TaskLine({ line, homeserver, alerts, log, wake }, signal);
  const exporting = {
    ...exportPartsOf(state, { botRecords: (person) => botRecords(db, person) }),
    book: new ExportBook(db, Date.now),
  };
  const desk: ExportDesk = new ExportDesk(
    {
      ...{ homeserver, outbox, clock: Date.now, wake, exporting, line, tasks },
      uploads: new Uploads(db, Date.now),
      lanes: { commands: exports, questions: exports, files: exports, scans: exports, exports },
    },
    signal,
  );
  return { inbox, sender, lanes: { pump: () => line.pump(), close: () => exports.close() } };
}

/** Uploads and sent events as files of the server, which knows a transaction again. */
function onDisk(folder: string, { method, path, body }: Seen, say: (body: unknown) => 'taken') {
  // A server that is another process has a request whole or not at all; this one must not be killed in the middle either.
  const take = (name: string) => {
    writeFileSync(join(folder, 'arriving'), body);
    renameSync(join(folder, 'arriving'), join(folder, 'server', name));
  };
  if (path === 'media/v3/upload') {
    const id = `media${readdirSync(join(folder, 'server')).length}`;
    take(id);
    return say({ content_uri: `mxc://home.test/${id}` });
  }
  const transaction = /\/send\/[^/]+\/([^/]+)$/.exec(path)?.[1];
  if (method !== 'PUT' || transaction === undefined) return undefined;
  const order = String(readdirSync(join(folder, 'server')).length).padStart(4, '0');
  const known = readdirSync(join(folder, 'server')).find((name) => name.endsWith(` ${transaction}`));
  if (!known) take(`${order} ${transaction}`);
  return say({ event_id: `$${transaction}` });
}

/**
 * What is left: `new` when the whole export arrived, `old` when it is still on its way. Throws when the password or a part
 * was sent twice, a part does not open, or words lie on the disk outside of encrypted files.
 */
async function check(folder: string): Promise<'old' | 'new'> {
  const server = join(folder, 'server');
  const sent = readdirSync(server)
    .filter((name) => name.includes(' '))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(server, name), 'utf8')) as { content: Record<string, unknown> });
  const messages = sent.map(({ content }) => content).filter((content) => !isEdit(content));
  const bodies = messages.map(({ body }) => String(body));
  const passwords = bodies.flatMap((body) => /([a-z2-9]{5}-){3}[a-z2-9]{5}/.exec(body)?.[0] ?? []);
  if (passwords.length > 1) throw new Error('the password was sent twice');
  const parts = messages.filter(({ msgtype }) => msgtype === 'm.file');
  const names = parts.map(({ filename }) => String(filename));
  if (new Set(names).size !== names.length) throw new Error(`parts were sent twice: ${names.join(', ')}`);
  for (const content of parts) {
    const from = { download: async (url: string) => readFileSync(join(server, url.split('/').at(-1)!)) };
    const bytes = await fetchAttachment(from as unknown as Homeserver, encryptedFileOf(content)!, 1e9);
    const part = String(content.filename);
    checkManifest(part, await openSealedZip(bytes, { part, password: passwords[0] ?? '' }));
  }
  for (const { name, bytes } of filesUnder(folder)) {
    if (/^(?:server\/\d|arriving$)/.test(name)) continue;
    if (bytes.includes(CANARY) || bytes.includes('kinkeeper-export')) throw new Error(`${name} holds words`);
  }
  const total = Number(/-of-(\d+)\.zip$/.exec(names[0] ?? '')?.[1] ?? -1);
  const isDone = bodies.some((body) => body.includes('That is everything'));
  if (isDone && names.length !== total) throw new Error(`done with ${names.length} of ${total} parts`);
  return isDone ? 'new' : 'old';
}

function isEdit(content: Readonly<Record<string, unknown>>): boolean {
  return (content['m.relates_to'] as { rel_type?: unknown } | undefined)?.rel_type === 'm.replace';
}
