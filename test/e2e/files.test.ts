import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encryptedPdf } from '../core/ingest/encrypted-pdf.ts';
import { makeBomb } from '../core/ingest/make-docx.ts';
import { makePdf, makeScan } from '../core/ingest/make-pdf.ts';
import { type Chat, House, textFile } from './house.ts';

// Files that cannot or may not be read: a clear reply for each, and the bot stays small and goes on.

const MB = 1024 * 1024;
const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const LARGEST_RSS = 300 * MB;

let house: House;
let ada: Chat;

beforeAll(async () => {
  house = await House.open({ people: [{ local: 'ada', role: 'admin' }] });
  ada = await house.openChat(await house.login('ada'));
});

afterAll(() => house?.close());

test('an empty file', async () => {
  const reply = await ada.send(textFile('empty.txt', ''));
  expect(reply.text).toBe('I could not keep empty.txt. The file is empty. Please check it and send it again.');
});

test('a PDF with a password asks for it, and is opened by a reply or not at all', async () => {
  const file = { name: 'locked.pdf', mime: 'application/pdf', bytes: encryptedPdf };
  const ask = await ada.send(file);
  expect(ask.text).toContain('I could not keep locked.pdf yet: the file is locked with a password');
  expect((await ada.ask('!password sesame')).text).toContain('That password does not open locked.pdf');
  const password = await ada.client.send(ada.room, {
    msgtype: 'm.text',
    body: 'user',
    'm.relates_to': { 'm.in_reply_to': { event_id: ask.eventId } },
  });
  const kept = await ada.replyTo(password, /I read locked\.pdf/);
  expect(kept.text).toContain('Please delete your message with it');
  await ada.client.redact(ada.room, password);
  expect((await ada.ask('!show 1')).text).toMatch(/locked\.pdf is document 1\.[\s\S]*It begins: “/);
  expect((await ada.ask('!forget 1')).text).toContain('Forgotten: locked.pdf');
});

test('a program that is called a PDF', async () => {
  const bytes = Buffer.concat([Buffer.from('MZ\x90\0\x03\0\0\0', 'latin1'), Buffer.alloc(4096, 0x90)]);
  const reply = await ada.send({ name: 'invoice.pdf', mime: 'application/pdf', bytes });
  expect(reply.text).toContain("I could not keep invoice.pdf. I can't read this kind of file");
});

test('a scan without text', async () => {
  const reply = await ada.send({ name: 'scan.pdf', mime: 'application/pdf', bytes: makeScan(2) });
  expect(reply.text).toContain('I found no text in the file');
});

test('a damaged PDF', async () => {
  const whole = makePdf([['The whole page']]);
  const reply = await ada.send({ name: 'cut.pdf', mime: 'application/pdf', bytes: whole.subarray(0, 60) });
  expect(reply.text).toMatch(/I could not keep cut\.pdf\. (The file is damaged|I found no text)/);
});

test('a Word document that unpacks to gigabytes of nothing', async () => {
  const reply = await ada.send({ name: 'bomb.docx', mime: DOCX, bytes: await makeBomb(400, 'true-size') });
  expect(reply.text).toContain('I could not keep bomb.docx. The file asks for more memory than I allow');
});

test.each([
  { how: 'says its size', declared: 60 * MB },
  { how: 'says that it is small', declared: 1000 },
])('a file of 60 MB that $how', async ({ declared }) => {
  const event = await ada.client.sendFile(ada.room, {
    name: 'movie.pdf',
    mime: 'application/pdf',
    bytes: randomBytes(60 * MB),
    declaredSize: declared,
  });
  const reply = await ada.replyTo(event, /./s);
  expect(reply.text).toContain('I could not keep movie.pdf. The file is larger than the');
});

test('the same file again is known, a newer version takes its place, and deleting that brings the old one back', async () => {
  const rent = (euros: number) => textFile('rent.txt', `The rent of the flat is ${euros} euros a month.`);
  const first = await ada.client.sendFile(ada.room, rent(900));
  const number = /It is document (\d+)/.exec((await ada.replyTo(first, /I read rent\.txt/)).text)![1]!;
  const twice = await ada.client.sendFile(ada.room, { ...rent(900), name: 'rent copy.txt' });
  expect((await ada.replyTo(twice)).text).toContain(`I know rent.txt already: it is document ${number}, kept since`);
  await ada.client.redact(ada.room, first);
  await ada.sees(/another one still stands, so I keep it/);
  const newer = await ada.client.sendFile(ada.room, rent(950));
  expect((await ada.replyTo(newer, /I read rent\.txt/)).text).toContain(`takes the place of document ${number}`);
  expect((await ada.ask('How much is the rent of the flat?')).text).toMatch(/950(?![\s\S]*900)/);
  await ada.client.redact(ada.room, newer);
  await ada.sees(new RegExp(`I forgot rent\\.txt[\\s\\S]*document ${number}, is used again`));
  expect((await ada.ask('How much is the rent for the flat?')).text).toContain('900');
  await ada.client.redact(ada.room, twice);
  await ada.sees(/I forgot rent\.txt(?![\s\S]*is used again)/);
});

test('a caption is a note that is found and shown', async () => {
  const reply = await ada.send({ ...textFile('letter.txt', 'We arrive on Sunday.'), caption: 'from aunt Frieda' });
  expect(reply.text).toContain('I keep what you wrote with it as a note.');
  const number = /It is document (\d+)/.exec(reply.text)![1]!;
  expect((await ada.ask('!files frieda')).text).toContain('letter.txt');
  expect((await ada.ask(`!show ${number}`)).text).toContain('your note: from aunt Frieda');
  expect((await ada.ask('What came from Frieda?')).text).toContain('letter.txt');
  expect((await ada.ask(`!forget ${number}`)).text).toContain('Forgotten: letter.txt');
});

test('none of it was kept, the bot never grew beyond 300 MB, and it still reads and answers', async () => {
  expect((await ada.ask('!files')).text).toBe('I know no documents from you yet. Send me one and I read it.');
  await ada.send(textFile('fine.txt', 'The swimming pass is valid until 30 September.'));
  expect((await ada.ask('Until when is the swimming pass valid?')).text).toContain('30 September');
  const largest = largestMemory(house.bot.pid);
  if (largest === undefined) console.log('The memory of the bot is not measured: there is no /proc here.');
  else {
    console.log(`The bot's largest memory: ${Math.round(largest / MB)} MB`);
    expect(largest).toBeLessThan(LARGEST_RSS);
  }
});

test('a file right below the limit costs the bot about twice its size, and is refused as what it is', async () => {
  const before = largestMemory(house.bot.pid) ?? 0;
  const bytes = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(45 * MB)]);
  const event = await ada.client.sendFile(ada.room, { name: 'noise.pdf', mime: 'application/pdf', bytes });
  expect((await ada.replyTo(event, /could not keep/)).text).toMatch(/damaged|no text/);
  const growth = (largestMemory(house.bot.pid) ?? 0) - before;
  console.log(`A file of 45 MB made the bot's largest memory grow by ${Math.round(growth / MB)} MB`);
  expect(growth).toBeLessThan(2.8 * bytes.length);
});

test('a long file shows that it is being read; one deleted while it waits behind it is never kept', async () => {
  const pages = Array.from({ length: 800 }, (_, page) =>
    Array.from(
      { length: 40 },
      (_, line) => `Line ${line} of page ${page} of the chronicle: cousin ${page * 40 + line}.`,
    ),
  );
  const pdf = { name: 'chronicle.pdf', mime: 'application/pdf', bytes: makePdf(pages) };
  const long = await ada.client.sendFile(ada.room, pdf);
  const regret = await ada.client.sendFile(ada.room, textFile('regret.txt', 'The code of the safe is 90210.'));
  await ada.client.redact(ada.room, regret);
  await ada.sees(/^You deleted the message, so I keep nothing of that file/);
  const kept = await ada.replyTo(long, /I read chronicle\.pdf: 800 pages/);
  expect(kept.content.body).toMatch(/^Reading chronicle\.pdf/);
  expect(kept.edits.length).toBeLessThanOrEqual(12);
  expect((await ada.ask('Which cousin stands on line 7 of page 311 of the chronicle?')).text).toMatch(
    /\] chronicle\.pdf, page \d+/,
  );
  const list = await ada.ask('!files');
  expect(list.text).toContain('chronicle.pdf (pdf, 800 pages');
  expect(list.text).not.toContain('regret.txt');
});

test('a limit from the settings holds', async () => {
  expect(await house.bot.stop()).toEqual({ code: 0, signal: null });
  house.bot = house.home.startBot({ env: { KINKEEPER_LIMITS_FILE_BYTES: '20000' } });
  const large = await ada.send(textFile('long.txt', 'The long story. '.repeat(2000)));
  expect(large.text).toMatch(/I could not keep long\.txt\. The file is larger than the (20|19\.5) kB/);
  expect((await ada.send(textFile('short.txt', 'The short story of Nemo.'))).text).toContain('I read short.txt');
});

test('the homeserver holds nothing of the bot in the clear, and nothing was answered twice', async () => {
  await house.expectNothingPlain();
  await house.expectAllReadOnce();
});

/** Peak resident memory in bytes; undefined where the system does not tell. */
function largestMemory(pid: number): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
