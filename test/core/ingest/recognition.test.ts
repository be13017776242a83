import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pictureHead } from '../../../core/extract/picture-head.ts';
import { makeScanOf } from './make-pdf.ts';
import { photograph, toPng, turned } from './make-picture.ts';
import { LIMITS, read, refusal } from './reading.ts';

const LINES = [
  'Rechnung Nr. 2024-0873 vom 28. Juni',
  'Stahlwanne ausbauen und entsorgen',
  'The total is 149.92 pounds',
];

function expectLines(text: string): void {
  for (const line of LINES) expect(text).toContain(line);
}

/** Niceness and most open files of every child that this process has now. */
function childrenNow(): { patience: number; files: string }[] {
  const pids = readdirSync('/proc/self/task').flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
  );
  return pids.flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      const [, files] = /^Max open files\s+(\S+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))!;
      return [{ patience: Number(stat[16]), files: files! }];
    } catch {
      // Gone meanwhile.
      return [];
    }
  });
}

test('a photo is read, and left alone when recognition is not asked for', async () => {
  const png = toPng(await photograph(LINES));
  const quick = await read(png, 'photo.png', { ocr: 'no' });
  expect(quick).toEqual({ kind: 'image', pages: [{ label: '1', text: '' }], unreadable: [], scanned: [''] });
  const { kind, pages, scanned } = await read(png, 'photo.png');
  expect([kind, scanned]).toEqual(['image', []]);
  expectLines(pages[0]!.text);
});

test('a photo that lies on its head is turned', async () => {
  const { pages } = await read(toPng(turned(await photograph(LINES), 2)), 'photo.png');
  expectLines(pages[0]!.text);
});

test('of a mixed PDF only the pages without text are recognised', async () => {
  const pdf = makeScanOf(['Typed on page one', await photograph(LINES)]);
  const seen: number[][] = [];
  const quick = await read(pdf, 'a.pdf', { ocr: 'no' });
  expect([quick.scanned, quick.unreadable]).toEqual([['2'], []]);
  const children: { patience: number; files: string }[] = [];
  const onProgress = (...step: number[]) => {
    seen.push(step);
    children.push(...childrenNow());
  };
  const { pages, scanned, unreadable } = await read(pdf, 'a.pdf', { onProgress });
  // The one that recognises lets others go first, and can open nothing any more either.
  expect(children.filter(({ patience }) => patience === 15)).toContainEqual({ patience: 15, files: '0' });
  expect([scanned, unreadable, pages[0]!.text]).toEqual([[], [], 'Typed on page one']);
  expectLines(pages[1]!.text);
  expect(seen.at(-1)).toEqual([2, 2]);
});

test('a scan that its PDF turns upright is read upright', async () => {
  const { pages } = await read(makeScanOf([turned(await photograph(LINES), 3)], 90), 'a.pdf');
  expectLines(pages[0]!.text);
});

test('pages beyond the limit of recognition are named as unreadable', async () => {
  const picture = await photograph(LINES);
  const limits = { ...LIMITS, ocr: { languages: ['eng'], pages: 1 } };
  const { pages, unreadable } = await read(makeScanOf([picture, picture]), 'a.pdf', { limits });
  expect(pages[0]!.text).toContain(LINES[2]);
  expect(unreadable).toEqual(['2']);
});

test('a picture of impossible size, a torn one and one without text are refused', async () => {
  const png = toPng(await photograph(['x']));
  const huge = Buffer.from(png);
  huge.writeUInt32BE(20_000, 16);
  huge.writeUInt32BE(20_000, 20);
  expect(await refusal(huge, 'a.png')).toEqual({ reason: 'file-too-hard' });
  expect(await refusal(png.subarray(0, 60), 'a.png')).toEqual({ reason: 'file-damaged' });
  const blank = toPng({ width: 300, height: 300, pixels: new Uint8Array(90_000).fill(255) });
  expect(await refusal(blank, 'a.png')).toEqual({ reason: 'file-no-text' });
});

test('recognition ends when it is called off', async () => {
  const stop = new AbortController();
  const picture = await photograph(LINES);
  const reading = read(makeScanOf([picture, picture, picture]), 'a.pdf', {
    signal: stop.signal,
    onProgress: (done) => done === 1 && stop.abort(new Error('called off')),
  });
  await expect(reading).rejects.toThrow('called off');
});

test('the head of a picture tells its size and which way up it is', () => {
  const exif = 'ffe1001e457869660000' + '4d4d002a00000008' + '0001' + '0112000300000001' + '00060000';
  const frame = 'ffc0001108' + '0bb8' + '0fa0' + '03012200021101031101';
  expect(pictureHead(Buffer.from(`ffd8${exif}${frame}`, 'hex'))).toEqual({ width: 4000, height: 3000, orientation: 6 });
  expect(pictureHead(Buffer.from(`ffd8${frame}`, 'hex'))?.orientation).toBe(1);
  expect(pictureHead(Buffer.from('ffd8ffe0', 'hex'))).toBeUndefined();
});
