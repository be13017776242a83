import { expect, test } from 'vitest';
import { listZip, ZipParts } from '../../../core/extract/zip.ts';
import { crowdedZip } from '../../prove/hostile-archives.ts';
import { zipOf } from './make-office.ts';

const refused = (reason: string) => expect.objectContaining({ reason });
const zeros = (bytes: number) => new Uint8Array(bytes);

test('parts are inflated until all of them together are too much', () => {
  const parts = new ZipParts(zipOf({ a: zeros(600_000), b: zeros(600_000), c: 'small' }), 1_000_000);
  expect(parts.read('a')).toHaveLength(600_000);
  expect(() => parts.read('b')).toThrow(refused('file-too-hard'));
  // Once too much was asked for, nothing more is given.
  expect(() => parts.read('c')).toThrow(refused('file-too-hard'));
});

test('a part that was asked for again counts again', () => {
  const parts = new ZipParts(zipOf({ a: zeros(600_000) }), 1_000_000);
  parts.read('a');
  expect(() => parts.read('a')).toThrow(refused('file-too-hard'));
});

test('without a limit of their own the parts of an office file may have 32 MB', () => {
  const parts = new ZipParts(zipOf({ a: zeros(20 << 20), b: zeros(20 << 20) }));
  expect(parts.read('a')).toHaveLength(20 << 20);
  expect(() => parts.read('b')).toThrow(refused('file-too-hard'));
});

test('a part that holds more than the archive declares is damaged, and is not inflated further', () => {
  const archive = zipOf({ a: zeros(600_000) });
  archive.writeUInt32LE(1000, archive.indexOf('PK\x01\x02', 0, 'latin1') + 24);
  expect(() => new ZipParts(archive).read('a')).toThrow(refused('file-damaged'));
});

test('an archive that lists too many parts is refused', () => {
  expect(() => new ZipParts(crowdedZip(5001))).toThrow(refused('file-too-hard'));
});

/** Where an archive's list describes its first part. */
const listed = (archive: Buffer) => archive.indexOf('PK\x01\x02', 0, 'latin1');
const textOf = (archive: Buffer, name: string) => Buffer.from(new ZipParts(archive).need(name)).toString();

test('an archive behind a program, or before a comment, is read like any other', () => {
  const archive = zipOf({ a: 'words of a', b: 'words of b' });
  expect(textOf(Buffer.concat([Buffer.from('a program that unpacks it'), archive]), 'b')).toBe('words of b');
  const comment = Buffer.from('packed at home');
  archive.writeUInt16LE(comment.length, archive.length - 2);
  expect(textOf(Buffer.concat([archive, comment]), 'b')).toBe('words of b');
});

/** A stored part in an archive whose sizes and places all stand in ZIP64 records (APPNOTE.TXT 4.3.14, 4.5.3). */
function farZip(name: string, words: string): Buffer {
  const [far, data] = [0xffffffff, Buffer.from(words)];
  const long = (...values: number[]) => {
    const bytes = Buffer.alloc(8 * values.length);
    values.forEach((value, i) => {
      bytes.writeBigUInt64LE(BigInt(value), 8 * i);
    });
    return bytes;
  };
  const head = (bytes: number, magic: number, ...fields: (readonly [at: number, value: number])[]) => {
    const record = Buffer.alloc(bytes);
    record.writeUInt32LE(magic);
    for (const [at, value] of fields) record[value === far ? 'writeUInt32LE' : 'writeUInt16LE'](value, at);
    return record;
  };
  const local = Buffer.concat([head(30, 0x04034b50, [26, name.length]), Buffer.from(name), data]);
  const fields = [
    [20, far],
    [24, far],
    [42, far],
    [28, name.length],
    [30, 28],
  ] as const;
  const extra = Buffer.concat([Buffer.from([1, 0, 24, 0]), long(data.length, data.length, 0)]);
  const central = Buffer.concat([head(46, 0x02014b50, ...fields), Buffer.from(name), extra]);
  const end = Buffer.concat([head(40, 0x06064b50), long(central.length, local.length)]);
  const locator = Buffer.concat([head(8, 0x07064b50), long(local.length + central.length), Buffer.alloc(4)]);
  return Buffer.concat([local, central, end, locator, head(22, 0x06054b50, [12, far], [16, far])]);
}

test('an archive that says its sizes in 64 bits is read, and without them is damaged', () => {
  const archive = farZip('a', 'words of a');
  expect(textOf(archive, 'a')).toBe('words of a');
  archive.writeUInt32LE(0, archive.indexOf('PK\x06\x07', 0, 'latin1'));
  expect(() => listZip(archive)).toThrow(refused('file-damaged'));
});

test('a part that is only stored counts as what it takes, whatever it declares', () => {
  const archive = farZip('a', 'x'.repeat(1000));
  // The size alone; what it takes in the archive stands behind it.
  archive.writeBigUInt64LE(1n, listed(archive) + 46 + 1 + 4);
  expect(() => new ZipParts(archive, 999).read('a')).toThrow(refused('file-too-hard'));
  expect(new ZipParts(archive, 1000).read('a')).toHaveLength(1000);
});

test.each([
  ['is packed in a way that nobody knows', 10, 9],
  ['takes more than the archive holds', 20, 60_000],
])('a part that %s is damaged', (_what, at, value) => {
  const archive = zipOf({ a: 'words '.repeat(100) });
  archive.writeUInt16LE(value, listed(archive) + at);
  expect(() => new ZipParts(archive).read('a')).toThrow(refused('file-damaged'));
});

test('names have slashes, whatever the packing program wrote; what is missing or empty is told apart', () => {
  const parts = new ZipParts(zipOf({ 'word\\document.xml': 'words', '/styles.xml': '' }));
  expect(parts.names).toEqual(['word/document.xml', 'styles.xml']);
  expect([parts.read('styles.xml')?.length, parts.read('theme.xml')]).toEqual([0, undefined]);
  expect(() => parts.need('theme.xml')).toThrow(refused('file-damaged'));
  expect(() => new ZipParts(zipOf({}))).toThrow(refused('file-damaged'));
});

test('a part with a password is refused as such', () => {
  const archive = zipOf({ a: 'words' });
  archive.writeUInt16LE(1, listed(archive) + 8);
  expect(() => new ZipParts(archive).read('a')).toThrow(refused('file-encrypted'));
});
