import { serialize } from 'node:v8';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { findLeftovers } from '../../../core/sqlite/find-leftovers.ts';

const BEN = '@ben:home.test';
const NEW_ID = '$Rqnc-F-dvnEYJTyHq_iKxU2bZ1CI92-kuZq3a5lr5Zg';
const OLD_ID = '$a:home.test';

test.each([
  ['a text', `said by ${BEN}.`],
  ['JSON', JSON.stringify({ person: BEN })],
  ['bytes', Buffer.from(`\0${BEN}\0`)],
  ['sixteen-bit text, as a serialised value with other letters has it', serialize(`文 ${BEN}`)],
  ['base64 inside of bytes', serialize({ pickle: Buffer.from(`{"user_id":"${BEN}"}`).toString('base64') })],
  ['an id of a message', `about ${NEW_ID}, they say`],
  ['an id behind a room', `!room ${NEW_ID}`],
  ['an id before a colon', `${NEW_ID}: seen`],
  ['an old id', JSON.stringify([OLD_ID])],
  ['an id in bytes', Buffer.from(NEW_ID)],
])('finds %s', (_what, value) => {
  const db = new Database(':memory:');
  db.exec('CREATE TABLE one (id INTEGER PRIMARY KEY, value ANY); CREATE TABLE "odd ""name" (value ANY)');
  db.prepare('INSERT INTO one (value) VALUES (?), (?)').run('nothing', Buffer.from('$other'));
  const needles = { texts: [BEN], events: [NEW_ID, OLD_ID] };
  expect(findLeftovers(db, needles)).toEqual([]);
  db.prepare('INSERT INTO one (value) VALUES (?)').run(value);
  db.prepare('INSERT INTO "odd ""name" VALUES (?), (?)').run(value, value);
  expect(findLeftovers(db, needles)).toEqual([
    { table: 'one', column: 'value', rows: 1 },
    { table: 'odd "name', column: 'value', rows: 2 },
  ]);
  expect(findLeftovers(db, needles, ['one'])).toHaveLength(1);
  db.close();
});

test.each([
  ['a server that goes on', `${BEN}.example`],
  ['a port', `${BEN}:8448`],
  ['a longer last label', `${BEN}er`],
  ['bytes', Buffer.from(`\0${BEN}.example\0`)],
  ['a serialised value', serialize({ user: `${BEN}:8448`, other: `文 ${BEN}-x.example` })],
  ['base64', Buffer.from(Buffer.from(`{"user_id":"${BEN}.example"}`).toString('base64'))],
])('somebody else’s id that begins the same is not found: %s', (_what, value) => {
  const db = new Database(':memory:');
  db.exec('CREATE TABLE one (value ANY)');
  db.prepare('INSERT INTO one VALUES (?)').run(value);
  expect(findLeftovers(db, { texts: [BEN], events: [] })).toEqual([]);
  // Their own stands out beside it, also at the end of a sentence and where a serialised value goes on with a letter.
  for (const own of [`${BEN}.`, `${BEN}: yes`, serialize({ [BEN]: {} }), Buffer.from(`${BEN}o`)]) {
    db.prepare('DELETE FROM one WHERE rowid > 1').run();
    db.prepare('INSERT INTO one VALUES (?)').run(own);
    expect(findLeftovers(db, { texts: [BEN], events: [] }), String(own)).toMatchObject([{ rows: 1 }]);
  }
  db.close();
});

test('bytes of a longer id are known by a text that names it', () => {
  const db = new Database(':memory:');
  db.exec('CREATE TABLE one (value ANY)');
  db.prepare('INSERT INTO one VALUES (?), (?)').run(`${BEN}er`, Buffer.from(`"${BEN}er"`));
  expect(findLeftovers(db, { texts: [BEN], events: [] })).toEqual([]);
  db.close();
});
