import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { conversationPage } from './conversation-page.ts';
import type { Line } from './narrator.ts';
import { smallerPng } from './smaller-png.ts';

const USAGE = `usage: node test/demo/render-conversation.ts <transcript.json> <picture.png>

Draws a transcript of the demo (npm run demo -- --once --transcript <file>) with Chromium ($CHROMIUM, default: chromium).
`;
const WIDTH = 1180;
const FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--hide-scrollbars'];

const BEN = {
  title: 'Ben and Kin',
  subtitle: 'direct message, end-to-end encrypted',
  scenes: [/policy of four pages/, /stands on one page/, /the one before/, /German paper/],
};
const CORA = {
  title: 'Cora and Kin',
  subtitle: 'direct message, end-to-end encrypted',
  scenes: [/Cora has one/],
};
const LATER = {
  title: 'Ben and Kin',
  subtitle: 'a little later',
  scenes: [/no paper answers/, /takes a file back/],
};
const OTTO = { title: 'Otto, a stranger', subtitle: 'knows the address of Kin', scenes: [/stranger knocks/] };
const OPS = { title: 'Kinkeeper ops', subtitle: 'the admin’s room, end-to-end encrypted', scenes: [/Ada looks/] };

process.exitCode = await main(process.argv.slice(2));

async function main([transcript, picture]: string[]): Promise<number> {
  if (transcript === undefined || picture === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  const { lines } = JSON.parse(readFileSync(transcript, 'utf8')) as { lines: Line[] };
  const folder = mkdtempSync(join(tmpdir(), 'kinkeeper-picture-'));
  try {
    const page = join(folder, 'conversation.html');
    writeFileSync(page, conversationPage(lines, [BEN, OPS], [CORA, LATER, OTTO]));
    const shot = join(folder, 'conversation.png');
    await takePicture(pathToFileURL(page).href, shot);
    writeFileSync(picture, smallerPng(readFileSync(shot)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.stdout.write(`${picture}: ${Math.round(statSync(picture).size / 1000)} kB\n`);
  return 0;
}

/** Once to learn how high the page is, once for the picture. */
async function takePicture(address: string, picture: string): Promise<void> {
  const chromium = process.env.CHROMIUM || 'chromium';
  const { stdout } = await execa(chromium, [...FLAGS, `--window-size=${WIDTH},600`, '--dump-dom', address]);
  const height = Number(/data-height="(\d+)"/.exec(stdout)?.[1] ?? 1200);
  await execa(chromium, [...FLAGS, `--window-size=${WIDTH},${height}`, `--screenshot=${picture}`, address]);
}
