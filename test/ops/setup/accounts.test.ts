import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { adminToken, helperToken, makeBotAccount } from '../../../ops/setup/accounts.ts';
import { type ActParts, doActs } from '../../../ops/setup/do-acts.ts';
import { noteHouseholdBefore } from '../../../ops/setup/household-before.ts';
import type { Plan } from '../../../ops/setup/plan/plan.ts';
import { Progress } from '../../../ops/setup/progress.ts';
import { checkAnswers } from '../../../ops/setup/read-answers.ts';
import { SynapseAdmin } from '../../../ops/setup/synapse-admin.ts';
import { listen } from '../../listen.ts';

interface Answer {
  readonly status: number;
  readonly body: object;
}
const NONCE: Answer = { status: 200, body: { nonce: 'n' } };
const TOO_OFTEN: Answer = {
  status: 429,
  body: { errcode: 'M_LIMIT_EXCEEDED', error: 'Slow', retry_after_ms: 333_000 },
};
const TOKEN: Answer = { status: 200, body: { access_token: 'token', user_id: '@x:home.test', device_id: 'D' } };
const IN_USE: Answer = { status: 400, body: { errcode: 'M_USER_IN_USE', error: 'taken' } };

/** A Synapse that answers each path with the next of its answers, the last one for ever; what it was asked and sent is kept. */
async function synapse(answers: Readonly<Record<string, readonly Answer[]>>) {
  const asked: string[] = [];
  const sent: Record<string, unknown> = {};
  const rested: number[] = [];
  const server = createServer(async (request, response) => {
    const what = `${request.method} ${request.url?.split('/').at(-1)}`;
    const before = asked.filter((one) => one === what).length;
    asked.push(what);
    if (request.method === 'POST') sent[what] = await json(request);
    const own = answers[what] ?? [{ status: 404, body: {} }];
    const { status, body } = own[Math.min(before, own.length - 1)]!;
    response.writeHead(status).end(JSON.stringify(body));
  });
  onTestFinished(() => void server.close());
  const rest = async (ms: number) => void rested.push(ms);
  return { asked, sent, rested, admin: new SynapseAdmin(`http://127.0.0.1:${await listen(server)}`, 'secret', rest) };
}

function progressIn(): Progress {
  const folder = mkdtempSync(join(tmpdir(), 'kin-accounts-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return new Progress(join(folder, 'setup.json'));
}

test('set-up’s own account takes no log-in, and its token serves the next run', async () => {
  const { admin, asked } = await synapse({
    'GET register': [NONCE],
    'POST register': [TOKEN],
    'GET whoami': [{ status: 200, body: {} }],
  });
  const progress = progressIn();
  expect(await helperToken({ progress, synapse: admin })).toBe('token');
  expect(await helperToken({ progress, synapse: admin })).toBe('token');
  expect(asked).not.toContain('POST login');
  expect(asked.filter((one) => one === 'POST register')).toHaveLength(1);
});

test('one whose token was never noted is logged in, after the pause that Synapse wants', async () => {
  const { admin, rested } = await synapse({
    'GET register': [NONCE],
    'POST register': [IN_USE],
    'POST login': [TOO_OFTEN, TOKEN],
  });
  const progress = progressIn();
  progress.change({ helper: { user: 'kinkeeper-setup-x', password: 'p' } });
  expect(await helperToken({ progress, synapse: admin })).toBe('token');
  expect(rested).toEqual([333_000]);
});

test('a pause without end is told with its real length', async () => {
  const { admin } = await synapse({ 'POST login': [TOO_OFTEN] });
  await expect(admin.logIn({ user: 'x', password: 'p' })).rejects.toMatchObject({
    hint: expect.stringContaining('Wait 6 minutes'),
  });
});

test('what Synapse says itself is handed on', async () => {
  const refusal = { status: 400, body: { errcode: 'M_UNKNOWN', error: 'Can only look up local users' } };
  const { admin } = await synapse({ 'POST override_ratelimit': [refusal] });
  await expect(admin.liftRateLimit('@kin:wrong.example', 'token')).rejects.toThrow('“Can only look up local users”');
});

test('a secret that was added but never read is told as what it is', async () => {
  const refusal = { status: 400, body: { errcode: 'M_UNKNOWN', error: 'Shared secret registration is not enabled' } };
  const { admin } = await synapse({ 'GET register': [refusal] });
  await expect(admin.register({ user: 'x', password: 'p' }, { admin: false })).rejects.toMatchObject({
    hint: expect.stringContaining('Restart Synapse'),
  });
});

const REFUSED: Answer = { status: 403, body: { errcode: 'M_FORBIDDEN', error: 'Invalid username or password' } };
const DONE: Answer = { status: 200, body: {} };
/** A homeserver whose accounts came back with a backup: its passwords are those of another machine until they are set anew. */
const FROM_BACKUP = {
  'GET register': [NONCE],
  'POST register': [IN_USE, TOKEN],
  'POST login': [REFUSED, TOKEN],
  'POST logout': [DONE],
  'GET whoami': [DONE],
};
const householdOf = (kind: 'compose' | 'bare') => {
  const people = [{ name: 'ada', role: 'admin' }];
  const more =
    kind === 'bare' ? { homeserver: 'http://127.0.0.1:8008' } : { host: 'chat.home.test', reach: 'internet' };
  return { answers: checkAnswers({ kind, serverName: 'home.test', ...more, people }, 'test') } as Plan;
};

type Parts = Parameters<typeof adminToken>[0];
/** The accounts of the bot's own, each as set-up makes it. */
const OWN_ACCOUNTS = [
  { whose: 'the bot', user: 'kin', make: (parts: Parts) => makeBotAccount(parts, 'p') },
  {
    ...{ whose: 'the account that makes accounts', user: 'kin-accounts' },
    make: (parts: Parts) => adminToken(parts, 'kin-accounts', 'p'),
  },
];

/** What set-up has noted of a household that lies there with a state folder and these settings. */
function progressBeside(settings: string, hasState = true): Progress {
  const [progress, stateDir] = [progressIn(), mkdtempSync(join(tmpdir(), 'kin-before-'))];
  onTestFinished(() => rmSync(stateDir, { recursive: true }));
  if (hasState) writeFileSync(join(stateDir, 'bot.db'), '');
  noteHouseholdBefore(progress, { stateDir }, { settings });
  // A run that was cut off has written its own over them.
  noteHouseholdBefore(progress, { stateDir }, { settings: settingsOf('@ben:home.test') });
  return progress;
}
const settingsOf = (userId: string) =>
  `matrix: { userId: "${userId}" }\nhomeserver: { adminTokenFile: /run/secrets/token }\n`;
const CAME_BACK = settingsOf('@kin:home.test');

test.each(OWN_ACCOUNTS)('$whose that came back with a backup gets the password of this machine', async ({
  user,
  make,
}) => {
  const { admin, asked, sent } = await synapse({ ...FROM_BACKUP, [`POST %40${user}%3Ahome.test`]: [DONE] });
  await make({ plan: householdOf('compose'), progress: progressBeside(CAME_BACK), synapse: admin });
  expect(asked).toContain(`POST %40${user}%3Ahome.test`);
  // Whoever has a session of the other machine, as in a backup that was taken away, has none any more.
  expect(sent[`POST %40${user}%3Ahome.test`]).toEqual({ new_password: 'p', logout_devices: true });
});

/** Notes under which the name of the bot's, or of its helper, is somebody else's. */
const STRANGERS = [
  { why: 'nothing is known of a household of before', progress: () => progressIn() },
  { why: 'there is no state of it', progress: () => progressBeside(CAME_BACK, false) },
  { why: 'its bot had another name', progress: () => progressBeside(settingsOf('@other:home.test')) },
];

test.each(
  STRANGERS.flatMap((stranger) => OWN_ACCOUNTS.map((own) => ({ ...stranger, ...own }))),
)('whoever has the name of $whose keeps their password where $why', async ({ make, progress }) => {
  const { admin, asked } = await synapse(FROM_BACKUP);
  const parts = { plan: householdOf('compose'), progress: progress(), synapse: admin };
  await expect(make(parts)).rejects.toMatchObject({ code: 'conflict' });
  expect(asked).toEqual(['GET register', 'POST register', 'POST login']);
});

test('a household of before without an account that makes accounts vouches for none', async () => {
  const { admin, asked } = await synapse(FROM_BACKUP);
  const progress = progressBeside('matrix: { userId: "@kin:home.test" }');
  const parts = { plan: householdOf('compose'), progress, synapse: admin };
  await expect(adminToken(parts, 'kin-accounts', 'p')).rejects.toMatchObject({ code: 'conflict' });
  expect(asked).toEqual(['GET register', 'POST register', 'POST login']);
});

test.each([
  'compose',
  'bare',
] as const)('in %s, the bot’s password is left alone where set-up made its account: the bot may have changed it', async (kind) => {
  const { admin, asked } = await synapse(FROM_BACKUP);
  const progress = progressIn();
  progress.change({ done: { accounts: '@kin:home.test @ada:home.test' } });
  await makeBotAccount({ plan: householdOf(kind), progress, synapse: admin }, 'p');
  expect(asked).toEqual(['GET register', 'POST register']);
});

test.each([
  'compose',
  'bare',
] as const)('in %s, that set-up made accounts vouches for none but the bot’s', async (kind) => {
  const { admin, asked } = await synapse(FROM_BACKUP);
  const progress = progressIn();
  // The name of a person of that household, who is no bot.
  progress.change({ done: { accounts: '@other:home.test @kin:home.test' } });
  await expect(makeBotAccount({ plan: householdOf(kind), progress, synapse: admin }, 'p')).rejects.toThrow(
    'another password',
  );
  expect(asked).toEqual(['GET register', 'POST register', 'POST login']);
});

test('beside somebody else’s homeserver no password is set anew, and the bot that the household had is known', async () => {
  const { admin, asked } = await synapse(FROM_BACKUP);
  const plan = householdOf('bare');
  await expect(makeBotAccount({ plan, progress: progressIn(), synapse: admin }, 'p')).rejects.toThrow(
    'another password',
  );
  expect(asked).toEqual(['GET register', 'POST register', 'POST login']);
  const again = await synapse(FROM_BACKUP);
  await makeBotAccount({ plan, progress: progressBeside(CAME_BACK), synapse: again.admin }, 'p');
  expect(again.asked).toEqual(['GET register', 'POST register']);
});

test('a run that fails ends set-up’s own accounts all the same, and the failure is what is told', async () => {
  const { asked, admin } = await synapse({
    'GET whoami': [{ status: 200, body: {} }],
    'POST %40kinkeeper-guest-x%3Ahome.test': [{ status: 200, body: {} }],
    'POST %40kinkeeper-setup-x%3Ahome.test': [{ status: 200, body: {} }],
  });
  const progress = progressIn();
  progress.change({
    helper: { user: 'kinkeeper-setup-x', password: 'p', token: 'token' },
    guests: [{ user: 'kinkeeper-guest-x', password: 'p' }],
  });
  const { secretFile, ...failing } = partsOf(admin.url);
  writeFileSync(secretFile, 'secret');
  await expect(doActs({ ...failing, progress }, [{ act: 'backup-key', key: 'x' }])).rejects.toThrow('nowhere.asc');
  expect(asked.filter((one) => one.startsWith('POST'))).toEqual([
    'POST %40kinkeeper-guest-x%3Ahome.test',
    'POST %40kinkeeper-setup-x%3Ahome.test',
  ]);
  expect(progress.now).toMatchObject({ guests: [] });
  expect(progress.now.helper).toBeUndefined();
});

test('where Synapse is off, they stay for the next run, and that is said', async () => {
  const progress = progressIn();
  progress.change({ helper: { user: 'kinkeeper-setup-x', password: 'p', token: 'token' } });
  const { secretFile, said, ...failing } = partsOf('http://127.0.0.1:9');
  writeFileSync(secretFile, 'secret');
  await expect(doActs({ ...failing, progress }, [{ act: 'backup-key', key: 'x' }])).rejects.toThrow('nowhere.asc');
  expect(progress.now.helper).toBeDefined();
  expect(said.at(-1)).toContain('the next run ends them');
});

/** What acts work with, as far as a backup key that cannot be read needs it. */
function partsOf(homeserver: string) {
  const folder = mkdtempSync(join(tmpdir(), 'kin-acts-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const secretFile = join(folder, 'secret');
  const said: string[] = [];
  const answers = checkAnswers(
    {
      ...{ kind: 'bare', serverName: 'home.test', homeserver, data: folder, backupKey: join(folder, 'nowhere.asc') },
      people: [{ name: 'ada', role: 'admin' }],
    },
    'test',
  );
  const owner = { uid: 0, gid: 0 };
  const plan = {
    ...{ answers, homeserver, settingsFile: 's', files: [{ path: 's', owner }] },
    registration: { file: secretFile, kind: 'secret' },
  };
  const parts = {
    facts: {},
    ...{ answers, plan, secretFile, said, say: (line: string) => said.push(line), clock: () => 0 },
    signal: new AbortController().signal,
  };
  return parts as unknown as Omit<ActParts, 'progress'> & { readonly secretFile: string; readonly said: string[] };
}
