import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { qrDrawing } from '../../../bot/picture/qr-drawing.ts';
import { setUpLink } from '../../../bot/set-up-link.ts';
import { drawPng } from '../../../core/resvg/draw-png.ts';
import { programsHere } from '../../ops/backup/programs-here.ts';

const canScan = programsHere('that a phone’s camera reads a set-up card', ['zbarimg']);

test('the link names the homeserver, as apps read it, and nothing else', () => {
  const read = (address: string) => new URL(setUpLink(address));
  const { origin, pathname, searchParams } = read('https://matrix.home.test');
  expect([origin, pathname]).toEqual(['https://mobile.element.io', '/element/']);
  expect([...searchParams]).toEqual([['account_provider', 'matrix.home.test']]);
  expect(read('http://10.0.0.1:8008').searchParams.get('account_provider')).toBe('http://10.0.0.1:8008');
});

test('the picture is a square of dark dots on white with a margin', async () => {
  const png = await drawPng(qrDrawing(setUpLink('https://matrix.home.test')), new AbortController().signal);
  expect(png.width).toBe(png.height);
  expect(png.width).toBeGreaterThan(400);
});

test.skipIf(!canScan)('a scanner reads the link', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kin-qr-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const link = setUpLink('https://matrix.a-rather-long-name-of-a-family.example:8448');
  const { bytes } = await drawPng(qrDrawing(link), new AbortController().signal);
  const file = join(folder, 'card.png');
  writeFileSync(file, bytes);
  expect((await execa('zbarimg', ['--quiet', '--raw', file])).stdout.trim()).toBe(link);
});
