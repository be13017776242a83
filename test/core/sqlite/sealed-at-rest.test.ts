import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gramTerm } from '../../../core/ask/lexical-score.ts';
import { packWords } from '../../../core/ask/pack-words.ts';
import { GRAMS, packPieceBlock, packRuns } from '../../../core/ask/posting-block.ts';
import { codeBytes, writeCode } from '../../../core/sqlite/vector-codes.ts';
import type { TenantWriter } from '../../../core/tenant.ts';
import { canaryWord, sampleDocument, samplePassage, sampleVector, seeded } from './sample-documents.ts';
import { filesUnder, NOW, openRaw, openTestState } from './temporary-state.ts';
import { useAda } from './use-ada.ts';

const SEED = 20_261_124;
const DIMENSIONS = 8;
const home = useAda();

/** One thing that must not be readable: its name for messages, and the forms (any of them) it could be found in. */
interface Canary {
  readonly name: string;
  readonly document: number;
  readonly forms: readonly Buffer[];
}

function textForms(text: string): Buffer[] {
  return [Buffer.from(text, 'utf8'), Buffer.from(text, 'utf16le'), Buffer.from(text, 'utf16le').swap16()];
}

// A vector may lie across two pages; then one of its halves is whole.
function vectorForms(vector: Float32Array): Buffer[] {
  const bytes = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
  return [bytes.subarray(0, bytes.length / 2), bytes.subarray(bytes.length / 2)];
}

function pieceForms(pieces: Uint32Array): Buffer[] {
  // As the canary's document packs them: passage 0 holds these, passage 1 holds piece 2.
  const packed = packPieceBlock([pieces, [2]]);
  return [Buffer.from(packed.subarray(-20)), Buffer.from(pieces.buffer, pieces.byteOffset, pieces.byteLength)];
}

/** Stores 20 documents and returns 100 canaries: words, file names, chat, vector bytes and lists of piece ids. */
function storeCanaries(): Canary[] {
  const random = seeded(SEED);
  const canaries: Canary[] = [];
  for (let document = 1; document <= 20; document++) {
    const [name, word, asked] = [canaryWord(random), canaryWord(random), canaryWord(random)];
    const vector = sampleVector(random, DIMENSIONS);
    const pieces = Uint32Array.from({ length: 12 }, (_, at) => at * 15_000 + Math.floor(random() * 14_000));
    home().write((writer) => {
      const filler = Array.from({ length: 120 }, () => 'ordinary').join(' ');
      const first = samplePassage(0, `${filler} ${word} ${filler}`, [...pieces]);
      writer.addDocument(sampleDocument(`$d${document}`, { name: `${name}.pdf` }), [first, samplePassage(1, filler)]);
      writer.putVectors('m', [{ passage: document * 2 - 1, vector }]);
      writer.addTurn({
        event: `$q${document}`,
        room: '!a',
        question: `where is ${asked}?`,
        answer: 'here',
        at: 1,
        passages: [1],
        model: null,
      });
    });
    canaries.push(
      { name: `name ${name}`, document, forms: textForms(name) },
      { name: `word ${word}`, document, forms: textForms(word) },
      { name: `question ${asked}`, document: 0, forms: textForms(asked) },
      { name: `vector of ${document}`, document, forms: vectorForms(vector) },
      { name: `pieces of ${document}`, document, forms: pieceForms(pieces) },
    );
  }
  return canaries;
}

function found(bytes: Buffer, canaries: readonly Canary[]): string[] {
  return canaries.filter(({ forms }) => forms.some((form) => bytes.includes(form))).map(({ name }) => name);
}

// Through cp, because reading a file that this process holds open would drop SQLite's locks on it.
function copyOfState(name: string): string {
  const copy = join(home().place.folder, name);
  execFileSync('cp', ['-r', home().place.stateDir, copy]);
  return copy;
}

async function plainPages(copy: string): Promise<Buffer> {
  const raw = await openRaw(home().place.stateDir, join(home().place.folder, copy), home().ada.tenant);
  const pages = raw.serialize();
  raw.close();
  return pages;
}

test(`100 canaries are in no byte of the state folder, open or closed (seed ${SEED})`, async () => {
  const canaries = storeCanaries();
  expect(canaries).toHaveLength(100);
  home().state.control.people.add({ id: '@ben:home.test', role: 'member', language: 'en' });
  const extra = [home().ada.person, '@ben:home.test'].map((id) => ({ name: id, document: 0, forms: textForms(id) }));

  const open = filesUnder(copyOfState('open'));
  expect(open.find((file) => file.name === `tenants/${home().ada.tenant}.db-wal`)?.bytes.length).toBeGreaterThan(
    100_000,
  );
  expect(open.find((file) => file.name === 'control.db-wal')?.bytes.length).toBeGreaterThan(0);
  for (const { name, bytes } of open) expect(found(bytes, [...canaries, ...extra]), name).toEqual([]);

  // The same search finds every one of them in the same database without its encryption.
  expect(found(await plainPages('plain'), canaries)).toHaveLength(100);

  home().state[Symbol.dispose]();
  const closed = filesUnder(home().place.stateDir);
  const tenants = `tenants/${home().ada.tenant}.db`;
  expect(closed.map((file) => file.name)).toEqual(['control.db', 'keys.json', tenants, 'tombstones']);
  for (const { name, bytes } of closed) expect(found(bytes, [...canaries, ...extra]), name).toEqual([]);
});

test(`no page of the decrypted file keeps what was forgotten, and the log is empty (seed ${SEED})`, async () => {
  const canaries = storeCanaries();
  const forgotten = canaries.filter(({ document }) => document % 2 === 1);
  const kept = canaries.filter(({ document }) => document % 2 === 0);
  for (let document = 1; document <= 20; document += 2) {
    home().write((writer) => writer.forgetDocument(document));
  }
  const log = join(home().place.stateDir, 'tenants', `${home().ada.tenant}.db-wal`);
  expect(existsSync(log) && statSync(log).size).toBe(0);
  const pages = await plainPages('forgotten');
  expect(found(pages, forgotten)).toEqual([]);
  expect(found(pages, kept)).toHaveLength(kept.length);

  home().write((writer) => writer.forgetTurns());
  expect(statSync(log).size).toBe(0);
  const questions = canaries.filter(({ name }) => name.startsWith('question'));
  expect(found(await plainPages('without turns'), questions)).toEqual([]);
});

test('of a forgotten vector no shortened form stays in the row that it shared with others', async () => {
  const random = seeded(SEED);
  const vectors = [1, 2, 3].map((passage) => ({ passage, vector: sampleVector(random, 64) }));
  const codes = vectors.map(({ vector }) => {
    const code = new Uint8Array(codeBytes(64));
    writeCode(code, 0, vector);
    return Buffer.from(code);
  });
  home().write((writer) => {
    for (const n of [1, 2, 3]) writer.addDocument(sampleDocument(`$${n}`), [samplePassage(0, `text ${n}`)]);
    writer.putVectors('m', vectors);
  });
  const held = async (copy: string) => {
    const pages = await plainPages(copy);
    return codes.map((code) => pages.includes(code));
  };
  expect(await held('before')).toEqual([true, true, true]);
  home().write((writer) => writer.forgetDocument(2));
  expect(await held('after')).toEqual([true, false, true]);
});

test('the log is empty too when an earlier version or a note of one is forgotten, and after a crash that came before that', async () => {
  const wordsOf = (_document: unknown, { text }: { text: string }) => ({ grams: text, pieces: Uint32Array.of(1) });
  const log = (stateDir: string) => statSync(join(stateDir, 'tenants', `${home().ada.tenant}.db-wal`)).size;
  const write = (fn: (writer: TenantWriter) => unknown) => home().write(fn);
  for (const n of [1, 2, 3]) {
    write((writer) => writer.addDocument(sampleDocument(`$${n}`, { note: 'mine' }), [samplePassage(0, `text ${n}`)]));
  }
  write((writer) => writer.addSource(2, { source: '$again', addedAt: NOW + 1 }));
  write((writer) => {
    writer.replaceDocument(1, { number: 3, at: NOW });
    writer.replaceDocument(2, { number: 3, at: NOW });
  });
  write((writer) => writer.setSetting('a', 'b'));
  expect(log(home().place.stateDir)).toBeGreaterThan(0);
  write((writer) => writer.forgetDocument(1));
  expect(log(home().place.stateDir)).toBe(0);
  write((writer) => writer.setSetting('a', 'c'));
  write((writer) => writer.forgetSource('$2', wordsOf));
  expect(log(home().place.stateDir)).toBe(0);

  // A large document that did not arrive in the end.
  const passages = [samplePassage(0, 'text 4')];
  write((writer) => writer.stageDocument('$4', { passages, words: packWords(passages) }));
  expect(log(home().place.stateDir)).toBeGreaterThan(0);
  while (!home().write((writer) => writer.dropStaged('$4')));
  expect(log(home().place.stateDir)).toBe(0);

  write((writer) => writer.setSetting('a', 'd'));
  const crashed = join(home().place.folder, 'crashed');
  cpSync(home().place.stateDir, crashed, { recursive: true });
  expect(log(crashed)).toBeGreaterThan(0);
  using after = await openTestState(crashed);
  after.vault.read(home().ada, (reader) => reader.documents());
  expect(log(crashed)).toBe(0);
});

test(`the index entries of forgotten passages are gone too (seed ${SEED})`, async () => {
  const random = seeded(SEED);
  const words = Array.from({ length: 200 }, () => canaryWord(random));
  // As the run of a word alone in its bucket is packed; a second word of a document in the same bucket looks different.
  const entries = words.map((word, i) => {
    const lists = Array.from({ length: 10 }, (_, place) => (place === i % 10 ? [gramTerm(word)] : []));
    const run = packRuns(lists, GRAMS).find(({ length }) => length > 0)!;
    return { name: word, document: Math.floor(i / 10) + 1, forms: [Buffer.from(run)] };
  });
  for (let document = 0; document < 20; document++) {
    const passages = words.slice(document * 10, document * 10 + 10).map((word, at) => ({
      ...samplePassage(at, 'text without the words of the index'),
      grams: `common ${word} other`,
    }));
    home().write((writer) => writer.addDocument(sampleDocument(`$d${document}`), passages));
  }
  const before = found(await plainPages('before'), entries);
  expect(before.length).toBeGreaterThan(150);
  for (let document = 1; document <= 20; document++) {
    home().write((writer) => writer.forgetDocument(document));
    const left = new Set(entries.filter((entry) => entry.document > document).map(({ name }) => name));
    expect(found(await plainPages(`after ${document}`), entries)).toEqual(before.filter((word) => left.has(word)));
  }
});

test(`many documents that come and go leave no trace between the cells of a page (seed ${SEED})`, async () => {
  const random = seeded(SEED);
  const alive = new Map<number, Canary[]>();
  const gone: Canary[] = [];
  for (let round = 0; round < 60; round++) {
    const canaries: Canary[] = [];
    const passages = Array.from({ length: 1 + Math.floor(random() * 12) }, (_, at) => {
      const word = canaryWord(random);
      canaries.push({ name: word, document: round, forms: textForms(word) });
      return samplePassage(
        at,
        `${'x'.repeat(Math.floor(random() * 900))} ${word} ${'y'.repeat(Math.floor(random() * 900))}`,
      );
    });
    const { number } = home().write((writer) => writer.addDocument(sampleDocument(`$d${round}`), passages));
    alive.set(number, canaries);
    const victim = [...alive.keys()][Math.floor(random() * alive.size)]!;
    if (round % 3 === 2) {
      home().write((writer) => writer.forgetDocument(victim));
      gone.push(...alive.get(victim)!);
      alive.delete(victim);
    }
  }
  const pages = await plainPages('after');
  expect(found(pages, gone)).toEqual([]);
  const living = [...alive.values()].flat();
  expect(found(pages, living)).toHaveLength(living.length);
});
