import { expect, it } from 'vitest';
import { encryptedFileOf, fetchAttachment } from '../../bot/matrix/media.ts';
import { AppError } from '../../core/errors.ts';
import { OPS } from './dispatcher-side.ts';
import { ADA, BOT } from './matrix/sample-events.ts';
import { respond } from './matrix/small-homeserver.ts';
import { useStage } from './use-stage.ts';

const stage = useStage();

async function askStatus(content: Record<string, unknown> = {}): Promise<string> {
  stage().room(OPS, BOT, ADA);
  const event = await stage().ada.encrypt(OPS, [BOT], { content: { msgtype: 'm.text', body: 'status', ...content } });
  await stage().arrive(OPS, event);
  await stage().settle();
  return event.event_id;
}

/** What Ada's phone shows in the ops room. */
const shown = () =>
  Promise.all(
    stage()
      .server.sent.filter(({ event, room }) => room === OPS && event.type === 'm.room.encrypted')
      .map(async ({ event }) => (await stage().ada.decrypt(event, OPS)) as Record<string, unknown>),
  );

it('a text, and below it a picture that only the admins can open, with words for who cannot see it', async () => {
  const asked = await askStatus();
  const [text, picture, ...more] = await shown();
  expect(more).toEqual([]);
  expect(text).toMatchObject({
    msgtype: 'm.notice',
    body: expect.stringContaining('Answers with passages only'),
    'm.relates_to': { 'm.in_reply_to': { event_id: asked } },
  });
  expect(String(text!.body)).not.toContain('picture');
  expect(picture).toMatchObject({
    msgtype: 'm.image',
    filename: expect.stringMatching(/^kinkeeper-\d{4}-\d\d-\d\d\.png$/),
    body: expect.stringMatching(/^Kinkeeper, the last 30 days \(.*Backups: No backup yet/s),
    info: { mimetype: 'image/png', w: 1080 },
    'm.mentions': {},
  });
  expect(picture).not.toHaveProperty('m.relates_to');
  const bytes = await fetchAttachment(stage().server.client(ADA, 'PHONE'), encryptedFileOf(picture!)!, 150_000);
  expect(picture!.info).toMatchObject({ size: bytes.length, h: bytes.readUInt32BE(20) });
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  for (const sealed of stage().server.media.values()) expect(sealed.includes('PNG')).toBe(false);
});

it('both stay in the thread in which somebody asked', async () => {
  await askStatus({ 'm.relates_to': { rel_type: 'm.thread', event_id: '$root' } });
  const threads = (await shown()).map((content) => content['m.relates_to']);
  expect(threads).toEqual([
    expect.objectContaining({ rel_type: 'm.thread', event_id: '$root' }),
    expect.objectContaining({ rel_type: 'm.thread', event_id: '$root' }),
  ]);
});

it('the text alone, with the reason, where the homeserver takes no media', async () => {
  stage().server.fault = ({ path }, response) =>
    path.includes('media/v3/upload') ? respond(response, 503, '') : undefined;
  await askStatus();
  const [text, ...more] = await shown();
  expect(more).toEqual([]);
  expect(text!.body).toMatch(/Answers with passages only.*could not be sent: the homeserver did not take it\.$/s);
  expect(stage().home.inbox.counts()).toMatchObject({ open: 0 });
});

it('the text alone, with the reason, where nothing can be drawn', async () => {
  stage().drawPng = () => Promise.reject(new AppError('unavailable', 'no', { reason: 'picture-failed' }));
  await askStatus();
  const [text, ...more] = await shown();
  expect(more).toEqual([]);
  expect(text!.body).toMatch(/Answers with passages only.*could not be drawn; the log says why\.$/s);
  expect(stage().logged.join('')).toContain('a picture could not be made or sent');
});

it('once each, although the process ended right before both were queued', async () => {
  const { inbox } = stage().home;
  const finish = inbox.finish.bind(inbox);
  inbox.finish = () => {
    throw new Error('killed');
  };
  stage().room(OPS, BOT, ADA);
  const event = await stage().ada.encrypt(OPS, [BOT], { content: { msgtype: 'm.text', body: 'status' } });
  await stage().arrive(OPS, event);
  await stage().settle();
  expect(await shown()).toEqual([]);
  inbox.finish = finish;
  stage().start();
  await stage().dispatcher.pump();
  await stage().settle();
  expect((await shown()).map(({ msgtype }) => msgtype)).toEqual(['m.notice', 'm.image']);
  stage().start();
  await stage().dispatcher.pump();
  await stage().settle();
  expect(await shown()).toHaveLength(2);
});
