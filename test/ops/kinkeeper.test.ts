import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../core/clock.ts';
import { waitForUnlock } from '../../core/keys/unlock-socket.ts';
import { readChecklist } from '../../core/posture.ts';
import { openState } from '../../core/sqlite/open-state.ts';
import { holdLock } from '../../core/sqlite/process-lock.ts';
import { sayEvidence } from '../../core/wording/checklist/evidence/say-evidence.ts';
import { checkNode } from '../../ops/doctor/check-machine.ts';
import { examine } from '../../ops/doctor/doctor.ts';
import type { Finding } from '../../ops/doctor/finding.ts';
import { listen } from '../listen.ts';
import { TELLING } from './doctor/telling.ts';
import { PASSPHRASE } from './open-test-state.ts';
import { TestFolder } from './run-program.ts';
import { startHookServer, startMailServer } from './second-way-servers.ts';

let folder: TestFolder;
let server: Server;
let answers: Record<string, unknown>;
let url: string;
beforeEach(async () => {
  folder = new TestFolder();
  folder.secret('bot-password', 'a long password');
  answers = {
    '/_matrix/client/versions': { versions: ['r0.6.1', 'v1.1', 'v1.11'] },
    '/_matrix/federation/v1/version': { server: { name: 'Synapse', version: '1.150.0' } },
    '/api/tags': { models: [{ name: 'qwen3:4b' }, { name: 'e5:latest' }] },
    '/v1/models': { data: [{ id: 'gpt' }] },
  };
  server = createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? {}));
  });
  url = `http://127.0.0.1:${await listen(server)}`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await folder.remove();
});

function settings(more = ''): string {
  const file = join(folder.path, 'kinkeeper.yaml');
  const yaml = `
matrix: { homeserver: "${url}", userId: "@kin:home.test", passwordFile: ./secrets/bot-password }
people: [{ id: "@ada:home.test", role: admin }]
keys: { passphraseFile: ./secrets/passphrase }
${more}`;
  writeFileSync(file, yaml);
  return file;
}

async function makeState(): Promise<void> {
  const options = { stateDir: folder.stateDir, passphrase: PASSPHRASE, create: true, clock: systemClock };
  (await openState(options))[Symbol.dispose]();
}

const of = (findings: Finding[], check: string) => findings.filter((finding) => finding.check === check);

/** What the machine that runs the tests is like is its own matter (test/ops/doctor/check-host.test.ts). */
const OF_THE_MACHINE = new Set(['sandbox network', 'clock', 'swap', 'volume', 'processor']);

/** Whether the machine of the tests could run a host helper: the checklist says what it is. */
const HAS_SYSTEMD = existsSync('/run/systemd/system');

describe('doctor', () => {
  test('finds a well installation well, without passphrase', async () => {
    await makeState();
    using _bot = holdLock(join(folder.stateDir, 'bot.lock'));
    using _ops = holdLock(join(folder.stateDir, 'ops.lock'));
    const findings = await examine(settings(), {});
    const unwell = findings.filter((finding) => finding.status !== 'ok' && !OF_THE_MACHINE.has(finding.check));
    expect(unwell).toEqual([]);
    expect(of(findings, 'homeserver')[0]?.says).toContain('(Synapse 1.150.0, Matrix v1.11)');
    expect(of(findings, 'keys')[0]?.says).toContain('argon2id, 64 MiB, 3 passes');
    expect(of(findings, 'bot')[0]?.says).toBe('bot is running');
    expect(of(findings, 'reading files')).toHaveLength(1);
  });

  test('everything that is not well has a next step', async () => {
    mkdirSync(folder.stateDir, { mode: 0o755 });
    answers = {};
    const findings = await examine(settings('answering: { kind: ollama, url: "http://h.test", model: m }'), {});
    for (const finding of findings) expect(finding.fix !== undefined, finding.says).toBe(finding.status !== 'ok');
    expect(of(findings, 'homeserver')[0]).toMatchObject({ status: 'fail', says: `${url} answers with status 404` });
    expect(of(findings, 'state folder')[0]).toMatchObject({
      status: 'warn',
      fix: expect.stringContaining('chmod 700'),
    });
    expect(of(findings, 'keys')[0]).toMatchObject({ status: 'warn', says: 'there are no keys yet' });
    expect(of(findings, 'bot')[0]).toMatchObject({ status: 'warn', says: 'bot is not running' });
    expect(of(findings, 'settings').at(-1)?.says).toBe('answering.url is reached without TLS at another machine');
  });

  test.each([
    ['answering: { kind: ollama, url: "URL", model: "qwen3:4b" }', 'answering', 'ok'],
    ['answering: { kind: ollama, url: "URL", model: "llama" }', 'answering', 'fail'],
    ['embedding: { kind: ollama, url: "URL", model: "e5" }', 'embedding', 'ok'],
    ['answering: { kind: openai, url: "URL/v1", model: "gpt" }', 'answering', 'ok'],
    ['answering: { kind: openai, url: "URL/v1", model: "other" }', 'answering', 'warn'],
    ['answering: { kind: extractive }', 'answering', 'ok'],
    ['embedding: { kind: transformers, model: e5, modelsDir: ./models }', 'models', 'ok'],
    ['embedding: { kind: transformers, model: e6, modelsDir: ./models }', 'models', 'fail'],
    ['embedding: { kind: transformers, model: e6, modelsDir: ./models, downloadUrl: "URL" }', 'models', 'warn'],
    ['embedding: { kind: transformers, model: torn, modelsDir: ./models }', 'models', 'fail'],
  ])('%s', async (yaml, check, status) => {
    mkdirSync(join(folder.path, 'models', 'e5'), { recursive: true });
    writeFileSync(join(folder.path, 'models', 'e5', 'config.json'), '{}');
    mkdirSync(join(folder.path, 'models', 'torn'));
    writeFileSync(join(folder.path, 'models', 'torn', 'config.json'), '{}');
    const files = { 'config.json': { bytes: 3, sha256: '0'.repeat(64) } };
    writeFileSync(join(folder.path, 'models', 'torn', 'kinkeeper-manifest.json'), JSON.stringify({ files }));
    const findings = await examine(settings(yaml.replace('URL', url)), {});
    expect(of(findings, check).map((finding) => finding.status)).toEqual([status]);
  });

  test('a damaged keys.json and a homeserver that speaks nonsense are found', async () => {
    await makeState();
    writeFileSync(join(folder.stateDir, 'keys.json'), '{}');
    answers['/_matrix/client/versions'] = ['hello'];
    const findings = await examine(settings(), {});
    expect(of(findings, 'keys')[0]).toMatchObject({ status: 'fail', says: expect.stringContaining('damaged') });
    expect(of(findings, 'homeserver')[0]?.says).toContain('not with what was expected');
  });

  test('a homeserver that is too old is warned about', async () => {
    answers['/_matrix/client/versions'] = { versions: ['v1.2', 'v1.10'] };
    expect(of(await examine(settings(), {}), 'homeserver')[0]).toMatchObject({ status: 'warn' });
  });

  test('a sealed process is told apart from a running one', async () => {
    await makeState();
    using _lock = holdLock(join(folder.stateDir, 'bot.lock'));
    const stop = new AbortController();
    const socketPath = join(folder.stateDir, 'bot.sock');
    const waiting = waitForUnlock({ socketPath, tryUnlock: async () => 'never', signal: stop.signal });
    waiting.catch(() => {});
    const finding = of(await examine(settings(), {}), 'bot')[0];
    stop.abort();
    expect(finding).toMatchObject({ status: 'warn', fix: expect.stringContaining('kinkeeper -- unlock --config ') });
  });

  test('a secret that others can read does not hide the rest', async () => {
    await makeState();
    folder.secret('bot-password', 'hunter2 hunter2', 0o644);
    const findings = await examine(settings(), {});
    expect(of(findings, 'settings')[0]).toMatchObject({ status: 'fail', fix: expect.stringMatching(/^chmod 600 \//) });
    expect(of(findings, 'homeserver')).toHaveLength(1);
    expect(of(findings, 'disk')).toHaveLength(1);
  });

  test('settings that others can change are found', async () => {
    const file = settings();
    chmodSync(file, 0o666);
    expect(of(await examine(file, {}), 'settings')).toContainEqual(
      expect.objectContaining({ status: 'fail', fix: `chmod go-w ${file}` }),
    );
  });

  test('without any settings it says where they are looked for', async () => {
    const findings = await examine(undefined, {});
    expect(of(findings, 'settings')).toMatchObject([{ status: 'fail', fix: expect.stringContaining('--config') }]);
  });

  test('an old Node is found', () => {
    expect(checkNode(TELLING, '22.9.0').status).toBe('fail');
    expect(checkNode(TELLING, '24.0.0').status).toBe('ok');
  });

  test('the command prints one finding per line, or JSON, and its exit code says how it went', async () => {
    await makeState();
    const json = await folder.start('ops/kinkeeper.ts', ['doctor', '--json', '--config', settings()]);
    expect(json.exitCode).toBe(0);
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: true, findings: expect.any(Array) });
    folder.secret('bot-password', 'hunter2 hunter2', 0o644);
    const open = await folder.start('ops/kinkeeper.ts', ['doctor', '--config', settings('zebra: 1')]);
    expect(open.exitCode).toBe(2);
    expect(open.stdout).toMatch(/^ok {4}node/);
    expect(open.stdout).toContain('has 644: others can read it');
    expect(open.stdout).toContain(`-> chmod 600 ${join(folder.path, 'secrets', 'bot-password')}`);
    expect(open.stdout).toContain('zebra: unknown setting');
    expect(open.stdout).not.toContain('hunter2');
  });
});

describe('audit', () => {
  test('verify and export read the trail beside a running bot, and an anchor that does not fit is told', async () => {
    await makeState();
    const config = ['--config', settings()];
    const run = (...args: string[]) => folder.start('ops/kinkeeper.ts', ['audit', ...args, ...config]);
    const first = await run('export');
    expect(first.stdout).toMatch(/^1\t20\d\d-.*\tshell\taudit\.exported\t-\tdone\n$/);
    const verdict = await run('verify', '--json');
    expect(JSON.parse(verdict.stdout)).toMatchObject({ ok: true, rows: 1, anchor: { rows: 1 } });
    writeFileSync(join(folder.path, 'anchor.json'), verdict.stdout);
    const later = await run('export', '--json', '--since', '2020-01-01');
    expect(JSON.parse(later.stdout)).toMatchObject({ ok: true, rows: [{ row: 1 }, { row: 2 }] });
    const fits = await run('verify', '--anchor', 'anchor.json');
    expect(fits).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('continues that of the anchor') });
    writeFileSync(join(folder.path, 'anchor.json'), verdict.stdout.replace(/[0-9a-f]{64}/, '0'.repeat(64)));
    const wrong = await run('verify', '--anchor', 'anchor.json');
    expect(wrong).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('does not fit at row 1') });
    expect((await run('verify', '--anchor', 'none.json')).exitCode).toBe(2);
    expect((await run('export', '--since', 'monday')).exitCode).toBe(2);
  });
});

test('checklist prints each line with what mends it, or JSON; what is not known is no pass, and it keeps what it judged', async () => {
  await makeState();
  const config = ['--config', settings('backup: { localDir: ./backups }')];
  const run = (...args: string[]) => folder.start('ops/kinkeeper.ts', ['checklist', ...args, ...config]);
  const text = await run();
  expect(text.exitCode).toBe(1);
  expect(text.stdout).toMatch(
    /^FAIL {5}Encrypted backups.*\[backups\]\n {9}0 backups, none proven.*\n {9}-> cd \S+ && npm run kinkeeper -- backup keys --config \S+$/m,
  );
  expect(text.stdout).toMatch(
    HAS_SYSTEMD
      ? /^UNKNOWN {2}\d\d lines wait for the host helper\n {9}there is no host helper.*\n {9}-> As root on the server: `\S+\/ops\/host\/install /m
      : /^UNKNOWN {2}\d\d lines wait for the host helper\n {9}this host has no systemd.*\n {9}-> Run Kinkeeper on .*`\S+\/ops\/host\/measures`/m,
  );
  // Nothing that is not there yet is told to be run, and nothing ends in the middle.
  expect(text.stdout).not.toMatch(/kinkeeper-harden|certbot|[;,] *$/m);
  expect(text.stdout).toMatch(/^PASS {5}Document encryption \[document-encryption\]\n {9}1 file, /m);
  expect(text.stdout.indexOf('FAIL')).toBeLessThan(text.stdout.indexOf('UNKNOWN'));
  const json = await run('--json', '--collect');
  expect(json.exitCode).toBe(1);
  const said = JSON.parse(json.stdout);
  expect(said).toMatchObject({ ok: false, hostReadAt: null, collected: 'no-host-helper', checks: expect.any(Array) });
  expect(said.fail + said.unknown + said.pass).toBe(said.checks.length);
  const state = await openState({
    stateDir: folder.stateDir,
    passphrase: PASSPHRASE,
    create: false,
    clock: systemClock,
  });
  const kept = readChecklist(state.control.facts)!.checks;
  expect(kept.map((check) => ({ ...check, evidence: sayEvidence('en', check.evidence) }))).toEqual(said.checks);
  state[Symbol.dispose]();
});

test('checklist speaks the language of the first admin, and to programs English', async () => {
  await makeState();
  const options = { stateDir: folder.stateDir, passphrase: PASSPHRASE, create: false, clock: systemClock };
  const state = await openState(options);
  state.control.people.add({ id: '@ada:home.test', role: 'admin', language: 'de' });
  state[Symbol.dispose]();
  const config = ['--config', settings('backup: { localDir: ./backups }')];
  const run = (...args: string[]) => folder.start('ops/kinkeeper.ts', ['checklist', ...args, ...config]);
  const text = await run('--collect');
  expect(text.stdout).toMatch(
    /^FAIL {5}Verschlüsselte Sicherungen.*\n {9}0 Sicherungen, keine durch Wiederherstellen bewiesen\n {9}-> cd \S+ && npm run kinkeeper -- backup keys --config \S+$/m,
  );
  expect(text.stdout).toMatch(
    HAS_SYSTEMD
      ? /^UNKNOWN {2}\d\d Zeilen warten auf den Host-Helfer\n {9}es gibt keinen Host-Helfer/m
      : /^UNKNOWN {2}\d\d Zeilen warten auf den Host-Helfer\n {9}dieser Host hat kein systemd/m,
  );
  expect(text.stdout).toMatch(/^FAIL: 1, UNKNOWN: \d+, PASS: \d+; vom Host wurde nichts gelesen$/m);
  expect(text.stdout).toContain('Der Host wurde nicht neu angesehen (no-host-helper)');
  const said = JSON.parse((await run('--json')).stdout);
  expect(said.checks.find(({ id }: { id: string }) => id === 'backups').evidence).toMatch(/^0 backups, none proven/);
});

test('gdpr writes its papers from the real settings, and never over filled-in ones', async () => {
  await makeState();
  const args = ['gdpr', '--language', 'de', '--out', 'papers', '--config', settings('retention: { chat: 7 days }')];
  const first = await folder.start('ops/kinkeeper.ts', args);
  expect(first).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^(papers\/\w+\.de\.md\n){3}$/) });
  const record = readFileSync(join(folder.path, 'papers', 'verarbeitungsverzeichnis.de.md'), 'utf8');
  expect(record).toContain('| Fragen und Antworten | 7 Tage;');
  expect(record).toContain('keys: ');
  const again = await folder.start('ops/kinkeeper.ts', args);
  expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('--out') });
});

describe('command line', () => {
  test.each([
    [['fly'], 2],
    [['unlock', '--help'], 0],
    [['unlock', '--config', 'none.yaml'], 2],
  ])('%j ends with %i', async (args, code) => {
    expect((await folder.start('ops/kinkeeper.ts', args, { input: '' })).exitCode).toBe(code);
  });

  test('unlock without a passphrase, or with nobody waiting, says so', async () => {
    mkdirSync(folder.stateDir);
    const unlock = (input: string) => folder.start('ops/kinkeeper.ts', ['unlock', '--config', settings()], { input });
    expect(await unlock('\n')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('no passphrase was given'),
    });
    expect(await unlock('something\n')).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('bot: does not wait'),
    });
  });
});

describe('alerts test', () => {
  test('sends a test by every way that is set up, and says what became of it', async () => {
    await makeState();
    await using hook = await startHookServer();
    await using mail = await startMailServer({ security: 'none' });
    folder.secret('webhook-token', 'a-token');
    const mails = `{ host: 127.0.0.1, port: ${mail.port}, security: none, from: kin@home.test, to: ada@example.org }`;
    const file = settings(
      `alerts: { mail: ${mails}, webhook: { url: "${hook.url}", tokenFile: ./secrets/webhook-token } }`,
    );
    const sent = await folder.start('ops/kinkeeper.ts', ['alerts', 'test', '--config', file]);
    expect(sent.stdout).toContain('ops room: A1 waits there for the bot');
    expect(sent.stdout).toContain('mail: taken\nwebhook: taken');
    expect(sent.exitCode).toBe(0);
    expect(hook.posts).toMatchObject([
      { body: { code: 'alert-test', reference: 'A1' }, authorization: 'Bearer a-token' },
    ]);
    expect(mail.mails[0]!.text).toContain('This is a test');
    hook.status = 500;
    const failed = await folder.start('ops/kinkeeper.ts', ['alerts', 'test', '--json', '--config', file]);
    expect(failed.exitCode).toBe(1);
    expect(JSON.parse(failed.stdout)).toMatchObject({
      ok: false,
      tried: [
        { way: 'matrix', ok: true },
        { way: 'mail', ok: true },
        { way: 'webhook', ok: false, problem: expect.stringContaining('status 500') },
      ],
    });
    using state = await openState({
      stateDir: folder.stateDir,
      passphrase: PASSPHRASE,
      create: false,
      clock: systemClock,
    });
    expect(state.control.alerts.undelivered().map(({ code }) => code)).toEqual(['alert-test', 'alert-test']);
  });

  test('says when there is no second way', async () => {
    await makeState();
    const sent = await folder.start('ops/kinkeeper.ts', ['alerts', 'test', '--config', settings()]);
    expect([sent.exitCode, sent.stdout]).toEqual([0, expect.stringContaining('no second way is set up')]);
  });
});
