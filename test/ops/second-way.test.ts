import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AlertLog } from '../../core/alert.ts';
import type { PersonId } from '../../core/caller.ts';
import { errorLine } from '../../core/errors.ts';
import { createLogger } from '../../core/log.ts';
import type { People } from '../../core/people.ts';
import { type MailOptions, mailWay } from '../../ops/second-way/mail-way.ts';
import { SecondWay } from '../../ops/second-way/second-way.ts';
import type { Way } from '../../ops/second-way/way.ts';
import { webhookWay } from '../../ops/second-way/webhook-way.ts';
import { openTestState } from './open-test-state.ts';
import { type HookServer, type MailServer, selfMade, startHookServer, startMailServer } from './second-way-servers.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PAIR = selfMade();
const POSTED = { severity: 'critical', code: 'alert-test', text: 'A test.', at: '2027-01-15T08:00:00.000Z' } as const;
const MESSAGE = { ...POSTED, language: 'en', over: false } as const;
const never = new AbortController().signal;

let now: number;
let alerts: AlertLog;
let people: People;
let remove: () => void;
let logged: string[];
beforeEach(async () => {
  now = 1_800_000_000_000;
  const opened = await openTestState(() => now);
  ({ alerts, people } = opened.state.control);
  remove = opened.remove;
  logged = [];
});
afterEach(() => remove());

function start(ways: readonly Way[], from: 'warning' | 'critical' = 'critical'): SecondWay {
  const log = createLogger({ name: 'test', level: 'debug', destination: { write: (line) => void logged.push(line) } });
  return new SecondWay({ alerts, people, ways, from, clock: () => now, log });
}
const mailTo = ({ port }: MailServer, changes: Partial<MailOptions> = {}) =>
  mailWay({ host: 'localhost', port, security: 'none', from: 'kin@home.test', to: 'ada@example.org', ...changes });
const raise = (severity: 'warning' | 'critical', code = 'disk-critical', facts = { freeBytes: 1e8 }) =>
  alerts.raise({ code, severity, key: code, facts });

describe('a mail', () => {
  test.each([
    'tls',
    'starttls',
    'none',
  ] as const)('goes out with %s, and says what, what to do and where', async (security) => {
    await using server = await startMailServer({ security, pair: PAIR });
    await mailTo(server, { security, ca: PAIR.cert }).send({ ...MESSAGE, reference: 'A7' }, never);
    expect(server.mails).toMatchObject([
      { from: 'kin@home.test', to: 'ada@example.org', isSecret: security !== 'none', auth: undefined },
    ]);
    const { text } = server.mails[0]!;
    expect(text).toContain('Subject: Kinkeeper: urgent (A7)');
    expect(text).toContain('Auto-Submitted: auto-generated');
    expect(text).toContain('A test.');
    expect(text).toContain('!alerts A7');
  });

  test('logs in where that is asked for', async () => {
    const login = Buffer.from('\0kin\0open sesame').toString('base64');
    await using server = await startMailServer({ security: 'tls', pair: PAIR, login });
    const options = { security: 'tls', ca: PAIR.cert, userName: 'kin' } as const;
    await mailTo(server, { ...options, password: 'open sesame' }).send({ ...MESSAGE, reference: 'A1' }, never);
    expect(server.mails).toHaveLength(1);
    await expect(
      mailTo(server, { ...options, password: 'wrong' }).send({ ...MESSAGE, reference: 'A1' }, never),
    ).rejects.toThrow();
    expect(server.mails).toHaveLength(1);
  });

  test('never leaves openly when TLS is asked for: not offered, or not trusted', async () => {
    await using open = await startMailServer({ security: 'none' });
    await expect(mailTo(open, { security: 'starttls' }).send({ ...MESSAGE, reference: 'A1' }, never)).rejects.toThrow();
    for (const security of ['tls', 'starttls'] as const) {
      await using unknown = await startMailServer({ security, pair: PAIR });
      await expect(mailTo(unknown, { security }).send({ ...MESSAGE, reference: 'A1' }, never)).rejects.toThrow();
      expect(unknown.mails).toEqual([]);
    }
    expect(open.mails).toEqual([]);
  });
});

test('a mail to a server that says nothing is given up when the process stops, and its connection closed', async () => {
  await using server = await startMailServer({ security: 'none' });
  server.isMute = true;
  const stop = new AbortController();
  const sending = mailTo(server).send({ ...MESSAGE, reference: 'A1' }, stop.signal);
  sending.catch(() => {});
  await vi.waitFor(() => expect(server.connected).toBe(1), { timeout: 10_000, interval: 5 });
  stop.abort();
  await expect(sending).rejects.toThrow();
  await vi.waitFor(() => expect(server.connected).toBe(0), { timeout: 10_000, interval: 5 });
  await expect(mailTo(server).send({ ...MESSAGE, reference: 'A1' }, stop.signal)).rejects.toThrow();
  expect(server.mails).toEqual([]);
});

describe('a webhook', () => {
  test('gets severity, code, text, time and reference as JSON, with the token', async () => {
    await using hook = await startHookServer();
    await webhookWay({ url: hook.url, token: 'a-token' }).send({ ...MESSAGE, reference: 'A7' }, never);
    expect(hook.posts).toEqual([
      { body: { ...POSTED, reference: 'A7' }, authorization: 'Bearer a-token', type: 'application/json' },
    ]);
  });

  test('that is not there is told as that, with what to look at, and without its address', async () => {
    const hook = await startHookServer();
    const { url } = hook;
    await hook[Symbol.asyncDispose]();
    const sent = webhookWay({ url }).send({ ...MESSAGE, reference: 'A7' }, never);
    await expect(sent).rejects.toThrow(/^Nobody listens at the address of the webhook \(ECONNREFUSED\)\.$/);
    await expect(sent.catch(errorLine)).resolves.toContain('alerts.webhook.url');
  });

  test.each([302, 404, 500])('that answers %i took nothing', async (status) => {
    await using hook = await startHookServer();
    hook.status = status;
    await expect(webhookWay({ url: hook.url }).send({ ...MESSAGE, reference: 'A7' }, never)).rejects.toThrow(
      `status ${status}`,
    );
  });
});

describe('alerts that Matrix does not carry', () => {
  let mail: MailServer;
  let hook: HookServer;
  let both: Way[];
  beforeEach(async () => {
    [mail, hook] = [await startMailServer({ security: 'none' }), await startHookServer()];
    both = [mailTo(mail), webhookWay({ url: hook.url })];
  });
  afterEach(() => Promise.all([mail[Symbol.asyncDispose](), hook[Symbol.asyncDispose]()]));
  const posted = () => hook.posts.map(({ body }) => (body as { code: string }).code);

  test('leave after ten minutes, once by each way, also after a restart', async () => {
    const second = start(both);
    raise('critical');
    now += 10 * MINUTE - 1;
    await second.tick();
    expect(posted()).toEqual([]);
    now += 1;
    await second.tick();
    await second.tick();
    now += 5 * HOUR;
    raise('critical');
    await start(both).tick();
    expect([posted(), mail.mails.length]).toEqual([['disk-critical'], 1]);
    expect(mail.mails[0]!.text).toContain('only 100');
  });

  test('that were raised by a clock that was ahead do not wait until then', async () => {
    const second = start(both);
    now += 365 * 24 * HOUR;
    raise('critical');
    now -= 365 * 24 * HOUR;
    await second.tick();
    expect([posted(), mail.mails.length]).toEqual([['disk-critical'], 1]);
  });

  test('do not leave when they were delivered, are over, are put off, or weigh too little', async () => {
    for (const code of ['one', 'two', 'three']) raise('critical', code);
    raise('warning', 'four');
    alerts.raise({ code: 'five', severity: 'info' });
    alerts.markDelivered(1);
    alerts.clear('two');
    alerts.snooze(3, now + HOUR);
    now += 30 * MINUTE;
    await start(both).tick();
    expect(posted()).toEqual([]);
    await start(both, 'warning').tick();
    expect(posted()).toEqual(['four']);
  });

  test.each([
    'bot-silent',
    'homeserver-unreachable',
    'homeserver-database-failing',
  ])('wait ten minutes also while there is %s: a restart wakes nobody', async (code) => {
    const second = start(both);
    raise('critical', code, { seconds: 1, since: now } as never);
    now += 75_000;
    await second.tick();
    alerts.clear(code);
    now += HOUR;
    await second.tick();
    expect([posted(), mail.mails]).toEqual([[], []]);
  });

  test('of an outage that lasts say since when and what to do, and say it by the same ways when it is over', async () => {
    const second = start([both[1]!]);
    const since = now;
    for (const seconds of [1, 600]) {
      raise('critical', 'homeserver-unreachable', { seconds, since } as never);
      now = since + seconds * 1000;
    }
    await second.tick();
    const { body } = hook.posts[0]! as { body: { text: string } };
    expect(body.text).toMatch(
      /^I cannot reach the homeserver\. It has not answered since .*2027, \d\d:\d\d, for 10 mins\. Does it run/,
    );
    expect(body).not.toHaveProperty('over');
    now += 5 * MINUTE;
    alerts.clear('homeserver-unreachable');
    await second.tick();
    await start([both[1]!]).tick();
    expect(hook.posts).toHaveLength(2);
    expect(hook.posts[1]!.body).toMatchObject({
      ...{ code: 'homeserver-unreachable', over: true, reference: 'A1', at: new Date(now).toISOString() },
      text: 'A1 is over after 15 mins. It was: I cannot reach the homeserver.',
    });
    // Who did not hear of it by mail hears nothing of its end there.
    await start(both).tick();
    expect(mail.mails).toEqual([]);
  });

  test('that are over are mailed as that, in the language of the house', async () => {
    people.add({ id: '@ada:home.test', role: 'admin', language: 'de' });
    const second = start([both[0]!]);
    raise('critical', 'homeserver-unreachable', { seconds: 1, since: now } as never);
    now += 10 * MINUTE;
    await second.tick();
    expect(decoded(mail.mails[0]!.text)).toMatch(/Ich erreiche den Homeserver nicht\. Er antwortet nicht mehr seit/);
    alerts.clear('homeserver-unreachable');
    await second.tick();
    const over = decoded(mail.mails[1]!.text);
    expect(over).toContain('Subject: Kinkeeper: vorbei (A1)');
    expect(over).toContain('Ich erreiche den Homeserver nicht.');
    expect(over).not.toContain('nicht zu erreichen');
  });

  test('a way that fails is tried again, told of after three times, and keeps no other back', async () => {
    hook.status = 500;
    const second = start(both);
    raise('critical');
    now += 11 * MINUTE;
    const failing = () => alerts.open().filter(({ code }) => code === 'second-way-failing');
    for (let time = 0; time < 3; time++) {
      expect(failing()).toEqual([]);
      await second.tick();
      // Not again before its pause is over.
      await second.tick();
      now += 10 * MINUTE;
    }
    expect(failing()).toMatchObject([{ facts: { way: 'webhook', failures: 3 }, severity: 'warning' }]);
    expect(mail.mails).toHaveLength(1);
    hook.status = 200;
    now += HOUR;
    await second.tick();
    expect(posted()).toEqual(['disk-critical']);
    expect(failing()).toEqual([]);
    // Nothing of the house in the log beside codes.
    expect(logged.join('')).not.toMatch(/example\.org|disk is almost/);
  });

  test('that cannot be noted as sent, because the disk is full, leave once all the same', async () => {
    const second = start(both);
    raise('critical');
    now += HOUR;
    const { markSent } = alerts;
    alerts.markSent = () => {
      throw new Error('full');
    };
    for (let time = 0; time < 3; time++) {
      await expect(second.tick()).rejects.toThrow('full');
      now += HOUR;
    }
    alerts.markSent = markSent;
    await second.tick();
    expect([posted(), mail.mails.length]).toEqual([['disk-critical'], 1]);
    expect(alerts.leftFor('mail')).toEqual([]);
  });

  test('that hang keep no stop waiting', async () => {
    raise('critical');
    now += HOUR;
    const second = start([{ name: 'mail', send: () => new Promise(() => {}) }]);
    void second.tick();
    await second.stop();
    expect(alerts.leftFor('mail')).toHaveLength(1);
  });

  test('name nobody of the house', async () => {
    raise('critical', 'identity-changed', { person: '@ben:home.test' } as never);
    raise('critical', 'ssh-login', { user: 'ben', from: '203.0.113.9', at: now } as never);
    now += HOUR;
    await start(both).tick();
    const left = `${mail.mails.map(({ text }) => text).join()}${JSON.stringify(hook.posts)}`;
    expect(left).toContain('another identity than before');
    expect(left).toContain('203.0.113.9');
    expect(left).not.toMatch(/ben|home\.test:/);
  });

  test('speak the first admin’s language, a change of it at once; English while nobody is known', async () => {
    const second = start(both);
    const left = async () => {
      raise('critical', 'identity-changed', { person: '@ben:home.test' } as never);
      now += HOUR;
      await second.tick();
      alerts.clear('identity-changed');
      const { body } = hook.posts.at(-1)! as { body: { text: string } };
      return [decoded(mail.mails.at(-1)!.text), body.text];
    };
    const [english] = await left();
    expect(english).toContain('The ops room could not be reached. There, !alerts A1 shows more.');
    people.add({ id: '@ada:home.test', role: 'admin', language: 'de' });
    people.add({ id: '@zoe:home.test', role: 'admin', language: 'en' });
    const [mailed, posted] = await left();
    expect(mailed).toContain('Subject: Kinkeeper: dringend (A2)');
    expect(mailed).toContain('Der Betriebsraum war nicht zu erreichen. Dort zeigt !warnungen A2 mehr.');
    expect(mailed).toContain('Das Konto von (jemand)');
    expect(posted).toContain('eine andere Identität als bisher');
    people.setLanguage('@ada:home.test' as PersonId, 'en');
    expect((await left())[1]).toContain('another identity than before');
  });
});

/** A mail as its reader sees it. */
function decoded(mail: string): string {
  const bytes = mail
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_all, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
