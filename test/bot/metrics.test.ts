import { expect, test } from 'vitest';
import { botMetrics } from '../../core/prometheus/bot-metrics.ts';
import { startMetricsServer } from '../../core/prometheus/metrics-server.ts';
import { CHAT } from './dispatcher-side.ts';
import { useStage } from './use-stage.ts';

const CANARY = 'geheimeskrankheitswort';
const stage = useStage();

/** Sample lines by name and labels. */
function samples(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

test('after real use a scrape shows counts, sizes and times, and not one private word, name or address', async () => {
  const { control } = stage().home.state;
  const { meter, registry } = botMetrics(control);
  stage().meter = meter;
  stage().start();
  await using server = await startMetricsServer({ host: '127.0.0.1', port: 0, setting: 'metrics.bot' }, registry);
  stage().ask = (_caller, { text }) =>
    text.includes('fail') ? Promise.reject(new Error(CANARY)) : Promise.resolve(`${CANARY} [1]`);
  await stage().arrive(CHAT, await stage().say(`What of my ${CANARY}?`));
  await stage().arrive(CHAT, await stage().file(`The ${CANARY} begins in May.`, { name: `${CANARY}.txt` }));
  await stage().arrive(CHAT, await stage().file(Buffer.from([0, 1, 2, 255]), { name: `${CANARY}.exe` }));
  await stage().settle();
  await stage().arrive(CHAT, await stage().say(`Please fail ${CANARY}?`));
  await stage().arrive(CHAT, await stage().say(`!forget ${CANARY}`));
  await stage().settle();
  const figures = { version: CANARY, documents: 1, passages: 4, filesWaiting: 2, questionsWaiting: 0 };
  const keys = { repliesWaiting: 3, undecryptable: 0, oneTimeKeys: -1, deviceSigned: 1, startedAt: 1_800_000_000_000 };
  control.heartbeats.beat({ process: 'bot', at: 1, figures: { ...figures, ...keys } });

  const answer = await fetch(`http://127.0.0.1:${server.port}/metrics`);
  const text = await answer.text();
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const found = samples(text);
  expect(Object.fromEntries(found)).toMatchObject({
    'kinkeeper_messages_handled_total{kind="question"}': 2,
    'kinkeeper_messages_handled_total{kind="file"}': 2,
    'kinkeeper_messages_handled_total{kind="command"}': 1,
    'kinkeeper_answers_total{outcome="answered"}': 1,
    'kinkeeper_answers_total{outcome="failed"}': 1,
    kinkeeper_answer_seconds_count: 1,
    'kinkeeper_files_total{kind="txt",outcome="read"}': 1,
    'kinkeeper_files_total{kind="other",outcome="refused"}': 1,
    kinkeeper_documents: 1,
    'kinkeeper_queue_length{queue="files"}': 2,
    kinkeeper_outbox_length: 3,
    kinkeeper_device_signed: 1,
    kinkeeper_bot_start_time_seconds: 1_800_000_000,
  });
  // What is not known is not shown as nothing.
  expect(found.has('kinkeeper_one_time_keys')).toBe(false);
  expect(text.toLowerCase()).not.toContain(CANARY);
  expect(text).not.toMatch(/home\.test|@|!chat|\.txt/);
  for (const name of found.keys())
    expect(name).toMatch(/^kinkeeper_[a-z_]+(\{[a-z]+="[\w.+-]+"(,[a-z]+="[\w.-]+")*\})?$/);

  expect((await fetch(`http://127.0.0.1:${server.port}/`)).status).toBe(404);
  const port = { host: '127.0.0.1', port: server.port, setting: 'metrics.bot' };
  await expect(startMetricsServer(port, registry)).rejects.toMatchObject({ code: 'conflict' });
});

test('every line that a message leads to carries its request id, which is random and nobody else’s', async () => {
  stage().ask = () => Promise.reject(new Error('broken'));
  const [first, second] = [await stage().say('One?'), await stage().say('Two?')];
  await stage().arrive(CHAT, first, second);
  await stage().settle();
  const lines = stage().logged.map((line) => JSON.parse(line) as { msg: string; request?: string; reference?: string });
  const taken = lines.filter(({ msg }) => msg === 'a message is taken up').map(({ request }) => request);
  expect(taken).toHaveLength(2);
  expect(new Set(taken).size).toBe(2);
  for (const request of taken) expect(request).toMatch(/^[0-9a-f]{12}$/);
  // The failures come out of the queue, one in the turn of the other.
  const failed = lines.filter(({ reference }) => reference !== undefined).map(({ request }) => request);
  expect(failed).toEqual(taken);
  expect(stage().logged.join('')).not.toContain(first.event_id);
});
