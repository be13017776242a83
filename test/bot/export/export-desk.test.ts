import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { checkManifest } from '../../../core/export/manifest.ts';
import { openSealedZip } from '../../../core/zipjs/sealed-zip.ts';
import { CHAT } from '../dispatcher-side.ts';
import { ADA, BOT } from '../matrix/sample-events.ts';
import { useStage } from '../use-stage.ts';
import { documentsIn, keepPages, received } from './export-side.ts';

const stage = useStage();
const words = (word: string, count: number) => Array.from({ length: count }, (_, at) => `${word}${at}`).join(' ');

it('sends everything in one sealed file, with the password in a message before', async () => {
  keepPages(stage(), 'lease.pdf', ['The rent is <800> euros & more.', 'The deposit is 2400 euros.']);
  await stage().arrive(CHAT, await stage().say('!retention chat 7 days'));
  await stage().settle();
  await stage().arrive(CHAT, await stage().say('!export'));
  await stage().settle();
  const { bodies, password, parts } = await received(stage());
  expect(password).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
  expect(bodies.findIndex((body) => body.includes(password))).toBeLessThan(
    bodies.findIndex((body) => body.includes('Everything that I keep')),
  );
  expect(bodies.filter((body) => body.includes(password))).toHaveLength(1);
  expect(bodies.at(-1)).toContain('That is everything that I keep about you');
  expect(parts.map(({ name }) => name)).toEqual(['kinkeeper-export-1-of-1.zip']);
  const files = await openSealedZip(parts[0]!.bytes, { part: 'it', password });
  expect(checkManifest('it', files)).toMatchObject({ person: ADA, part: 1, parts: 1 });
  const page = new TextDecoder().decode(files.get('index.html'));
  expect(page).toContain('The rent is &#60;800&#62; euros &#38; more.');
  expect(page).toMatch(/you changed how long our talk is kept/);
  expect(page).toContain('our questions and answers: 7 days');
  expect(page).not.toMatch(/command\.|forgettings/);
  expect(page).not.toMatch(/<script|<a |<img|https?:/i);
  // Only the person's words are sealed: what is outside of the files says nothing.
  expect(parts[0]!.bytes.toString('latin1')).not.toContain('lease');
});

it('splits to what the homeserver takes, and each part opens by itself', async () => {
  stage().server.uploadLimit = 60_000;
  for (const name of ['a', 'b', 'c', 'd'])
    keepPages(stage(), `${name}.pdf`, [words(name, 1500), words(`${name}x`, 1500)]);
  const long = keepPages(
    stage(),
    'long.pdf',
    Array.from({ length: 12 }, (_, at) => words(`long${at}x`, 1200)),
  );
  await stage().arrive(CHAT, await stage().say('!export all'));
  await stage().settle();
  const got = await received(stage());
  const count = got.parts.length;
  expect(count).toBeGreaterThan(3);
  expect(got.parts.map(({ name }) => name)).toEqual(
    Array.from({ length: count }, (_, at) => `kinkeeper-export-${at + 1}-of-${count}.zip`),
  );
  for (const [at, { name, bytes }] of got.parts.entries()) {
    expect(bytes.length).toBeLessThanOrEqual(60_000);
    const files = await openSealedZip(bytes, { part: name, password: got.password });
    expect(checkManifest(name, files)).toMatchObject({ part: at + 1, parts: count });
    expect([...files.values()].reduce((sum, file) => sum + file.length, 0)).toBeLessThanOrEqual(60_000);
  }
  const documents = await documentsIn(got);
  expect(documents.size).toBe(5);
  expect(documents.get(long)?.passages.map(({ position }) => position)).toEqual(
    Array.from({ length: 12 }, (_, at) => at),
  );
});

it('says so when it is asked again within the hour, and sends another one later', async () => {
  keepPages(stage(), 'lease.pdf', ['The rent.']);
  for (let times = 0; times < 2; times++) {
    await stage().arrive(CHAT, await stage().say('!export'));
    await stage().settle();
  }
  expect((await received(stage())).parts).toHaveLength(1);
  expect((await received(stage())).bodies.at(-1)).toContain('I sent you everything when you asked on');
  const { audit } = stage().home.state.control;
  expect(audit.recent(9).map(({ action, outcome }) => [action, outcome])).toEqual([
    ['command.export', 'refused'],
    ['command.export', 'done'],
  ]);
  stage().home.clock.now += 3_600_001;
  await stage().arrive(CHAT, await stage().say('!export'));
  await stage().settle();
  expect((await received(stage())).parts).toHaveLength(2);
});

it('ends with !stop: what was queued arrives, the rest does not, and another one may be asked for at once', async () => {
  stage().server.uploadLimit = 60_000;
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) keepPages(stage(), name, [words(name, 3000)]);
  let stopping: Promise<void> | undefined;
  stage().server.fault = ({ path }) => {
    if (path !== 'media/v3/upload' || stopping) return undefined;
    stopping = stage()
      .say('!stop')
      .then((event) => stage().arrive(CHAT, event));
    return undefined;
  };
  await stage().arrive(CHAT, await stage().say('!export'));
  await stage().lanes.exports.drained();
  await stopping;
  await stage().settle();
  const { bodies, parts } = await received(stage());
  expect(parts.length).toBeLessThan(6);
  expect(bodies.join('\n')).toContain('The export was stopped.');
  expect(bodies.join('\n')).toContain('Your export is being stopped.');
  expect(bodies.join('\n')).not.toContain('That is everything');
  await stage().arrive(CHAT, await stage().say('!export'));
  await stage().settle();
  expect((await received(stage())).bodies.join('\n')).toContain('That is everything');
});

it('sends nothing more when the message that asked is deleted, and takes back what was sent', async () => {
  stage().server.uploadLimit = 60_000;
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) keepPages(stage(), name, [words(name, 3000)]);
  const asked = await stage().say('!export');
  let deleting: Promise<void> | undefined;
  stage().server.fault = ({ path }) => {
    if (path !== 'media/v3/upload' || deleting) return undefined;
    deleting = stage().arrive(CHAT, {
      ...{ event_id: '$redaction', type: 'm.room.redaction', sender: ADA, origin_server_ts: 2000 },
      ...{ content: { redacts: asked.event_id }, redacts: asked.event_id },
    });
    return undefined;
  };
  await stage().arrive(CHAT, asked);
  await stage().lanes.exports.drained();
  await deleting;
  await stage().settle();
  const { bodies, parts } = await received(stage());
  expect(parts).toHaveLength(0);
  expect(bodies.join('\n')).not.toContain('That is everything');
  expect(stage().home.inbox.isDone(asked.event_id)).toBe(true);
});

it('says what is wrong when the homeserver takes no file of that size, and may be asked again', async () => {
  keepPages(stage(), 'lease.pdf', ['The rent.']);
  stage().server.fault = ({ path }, response) => {
    if (path !== 'media/v3/upload') return undefined;
    response.writeHead(413, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ errcode: 'M_TOO_LARGE', error: 'too large' }));
    return 'taken';
  };
  await stage().arrive(CHAT, await stage().say('!export'));
  await stage().settle();
  stage().server.fault = () => undefined;
  await stage().arrive(CHAT, await stage().say('!export'));
  await stage().settle();
  expect((await received(stage())).parts).toHaveLength(1);
});

it('is for the direct chat alone: nothing leaves when somebody else is there', async () => {
  keepPages(stage(), 'lease.pdf', ['The rent.']);
  stage().server.fault = ({ path }) => {
    if (path === 'media/v3/upload') stage().server.members.set(CHAT, [BOT, ADA, '@cem:home.test']);
    return undefined;
  };
  await stage().arrive(CHAT, await stage().say('!export'));
  await stage().settle();
  expect((await received(stage())).parts).toHaveLength(0);
});

it('leaves nothing of the words on the disk outside of encrypted files', async () => {
  keepPages(stage(), 'canarypaper.pdf', [words('canaryword', 500)]);
  await stage().arrive(CHAT, await stage().say('!export'));
  await stage().settle();
  expect((await received(stage())).parts).toHaveLength(1);
  const files = stage().home.db.pragma('database_list') as { file: string }[];
  for (const { file } of files)
    for (const suffix of ['', '-wal']) {
      const raw = readFileSync(`${file}${suffix}`).toString('latin1');
      expect(raw).not.toContain('canaryword');
      expect(raw).not.toContain('kinkeeper-export');
    }
});
