import { expect, test } from 'vitest';
import { ZipParts } from '../../../core/extract/zip.ts';
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
