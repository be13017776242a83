import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { keyPictures, makeBackupKey } from '../../../ops/backup/make-key.ts';
import { programsHere } from './programs-here.ts';

const canScan = programsHere('that a phone’s camera reads a key', ['zbarimg']);
/** Pixels of a module: what a camera sees is larger than a character. */
const SCALE = 4;

/** A picture of half blocks as a plain grey map, with the border of a terminal around it. */
function asGreyMap(picture: string): string {
  const rows = picture
    .split('\n')
    .flatMap((line) => ['▀█', '▄█'].map((ink) => [...line].map((sign) => (ink.includes(sign) ? 0 : 255))));
  const pixels = rows.flatMap((row) =>
    Array.from({ length: SCALE }, () => row.flatMap((one) => Array(SCALE).fill(one))),
  );
  return `P2 ${pixels[0]!.length} ${pixels.length} 255\n${pixels.map((row) => row.join(' ')).join('\n')}\n`;
}

test.each([
  'four words on paper',
  'x',
])('the pictures of a key fit a terminal of 80 columns (%s)', async (passphrase) => {
  const { privateKey } = await makeBackupKey(passphrase);
  const pictures = await keyPictures(privateKey.trim(), 80);
  expect(pictures.length).toBeGreaterThan(0);
  for (const line of pictures.flatMap((one) => stripVTControlCharacters(one).split('\n')))
    expect([...line].length).toBeLessThanOrEqual(80);
  expect(await keyPictures(privateKey.trim(), 76)).toEqual([]);
});

test.skipIf(!canScan)('a decoder reads them, and one below the other they are the key', async () => {
  const key = (await makeBackupKey('four words on paper')).privateKey.trim();
  const folder = mkdtempSync(join(tmpdir(), 'kin-qr-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const texts: string[] = [];
  for (const [nth, picture] of (await keyPictures(key, undefined)).entries()) {
    const file = join(folder, `${nth}.pgm`);
    writeFileSync(file, asGreyMap(picture));
    texts.push((await execa('zbarimg', ['--quiet', '--raw', file])).stdout.trim());
  }
  expect(texts.join('\n')).toBe(key);
});
