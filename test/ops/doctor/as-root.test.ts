import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../core/clock.ts';
import { openState } from '../../../core/sqlite/open-state.ts';
import type { Finding } from '../../../ops/doctor/finding.ts';
import { listen } from '../../listen.ts';
import { PASSPHRASE } from '../open-test-state.ts';
import { TestFolder } from '../run-program.ts';

// `kinkeeper doctor` as root, on a household whose bot is another account, as set-up makes it: each thing is harmed for real, named, and mended
// by what the doctor says. Only root can give files to another account.

const BOT = 10_001;
/** What the machine of the tests is like, and whether somebody runs there, is no harm of the household's. */
const OF_THE_MACHINE = new Set(['sandbox network', 'clock', 'swap', 'volume', 'processor', 'memory', 'bot', 'ops']);

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.log('Left out: only root can look as another account, and give files to it.');
describe.runIf(isRoot)('doctor as root', () => {
  let folder: TestFolder;
  let server: Server;
  let settings: string;
  const at = (...parts: string[]) => join(folder.path, ...parts);

  beforeEach(async () => {
    folder = new TestFolder();
    server = createServer((request, response) => {
      const answers: Readonly<Record<string, unknown>> = {
        '/_matrix/client/versions': { versions: ['v1.11'] },
        '/_matrix/client/v3/login': { user_id: '@kin:home.test', access_token: 'x' },
      };
      response.writeHead(request.url! in answers ? 200 : 404).end(JSON.stringify(answers[request.url!] ?? {}));
    });
    mkdirSync(at('config'));
    settings = at('config', 'kinkeeper.yaml');
    writeFileSync(
      settings,
      `stateDir: ../state
matrix: { homeserver: "http://127.0.0.1:${await listen(server)}", userId: "@kin:home.test", passwordFile: ../secrets/bot-password }
people: [{ id: "@ada:home.test", role: admin, language: de }]
keys: { passphraseFile: ../secrets/passphrase }
answering: { kind: extractive }
embedding: { kind: none }
`,
    );
    folder.secret('bot-password', 'a long password');
    folder.secret('accounts-password', 'another one', 0o400);
    const options = { stateDir: folder.stateDir, passphrase: PASSPHRASE, create: true, clock: systemClock };
    using state = await openState(options);
    state.control.people.add({ id: '@ada:home.test', role: 'admin', language: 'de' });
    const ada = state.control.people.callerFor('@ada:home.test')!;
    state.vault.write(ada, (writer) => writer.documents());
    give(folder.path);
    chmodSync(folder.path, 0o755);
    for (const path of [folder.path, at('config'), settings, at('secrets', 'accounts-password')]) chownSync(path, 0, 0);
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await folder.remove();
  });

  /** To the account of the bot, with all that is in it. */
  function give(path: string): void {
    chownSync(path, BOT, BOT);
    if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) give(join(path, name));
  }

  async function unwell(): Promise<Finding[]> {
    const ended = await folder.start('ops/kinkeeper.ts', ['doctor', '--json', '--config', settings]);
    const { findings } = JSON.parse(ended.stdout) as { findings: Finding[] };
    expect(findings[0], ended.stdout).toMatchObject({ check: 'account', status: 'ok' });
    return findings.filter(({ check, status }) => status !== 'ok' && !OF_THE_MACHINE.has(check));
  }

  const tenantFile = () => readdirSync(at('state', 'tenants')).find((name) => name.endsWith('.db'))!;
  const plain = (path: string) => () => {
    writeFileSync(at(...path.split('/')), 'SQLite format 3\0and then more');
    chownSync(at(...path.split('/')), BOT, BOT);
  };

  test('a household that is well has no finding', async () => {
    expect(await unwell()).toEqual([]);
  });

  test.each<[string, { harm: () => void; named: RegExp }]>([
    ['a store of root', { harm: () => chownSync(at('state', 'control.db'), 0, 0), named: /control\.db should belong/ }],
    ['keys of root', { harm: () => chownSync(at('state', 'keys.json'), 0, 0), named: /keys\.json should belong/ }],
    ['a state folder of root', { harm: () => chownSync(at('state'), 0, 0), named: /state should belong/ }],
    [
      'a paper’s store that nobody may read',
      { harm: () => chmodSync(at('state', 'tenants', tenantFile()), 0o000), named: /cannot be read.*\(EACCES\)/ },
    ],
    [
      'a passphrase of root',
      { harm: () => chownSync(at('secrets', 'passphrase'), 0, 0), named: /secrets\/passphrase/ },
    ],
    [
      'a secret that others can read',
      { harm: () => chmodSync(at('secrets', 'bot-password'), 0o644), named: /has 644/ },
    ],
    ['a folder of secrets that is open', { harm: () => chmodSync(at('secrets'), 0o755), named: /mode 755/ }],
    [
      'a password of accounts that others can read',
      { harm: () => chmodSync(at('secrets', 'accounts-password'), 0o444), named: /makes accounts \(mode 444\)/ },
    ],
    [
      'a password of accounts that is the bot’s',
      { harm: () => chownSync(at('secrets', 'accounts-password'), BOT, BOT), named: /belongs to 10001, not to root/ },
    ],
    ['a state folder that is open', { harm: () => chmodSync(at('state'), 0o755), named: /can be entered/ }],
    ['settings that others can change', { harm: () => chmodSync(settings, 0o666), named: /mode 666/ }],
  ])('%s is named, and mended by what is said', async (_, { harm, named }) => {
    harm();
    const found = await unwell();
    expect(found.map(({ says }) => says).join('\n')).toMatch(named);
    for (const { fix } of found) await execa('sh', ['-c', fix!]);
    expect(await unwell()).toEqual([]);
  });

  test.each<[string, () => void, RegExp]>([
    ['a store that is not encrypted', plain('state/control.db'), /^control\.db is not encrypted/],
    ['one of nobody', plain('state/tenants/guest.db'), /^tenants\/guest\.db has a name/],
    ['one that was cut off', () => writeFileSync(at('state', 'tenants', tenantFile()), 'short'), /too short/],
  ])('%s is named, and put aside', async (_, harm, named) => {
    harm();
    const [finding, ...others] = (await unwell()).filter(({ check }) => check === 'stores');
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ status: 'fail', says: expect.stringMatching(named) });
    const [command] = /mv \S+ \S+\.aside/.exec(finding!.fix!)!;
    await execa('sh', ['-c', command]);
    expect((await unwell()).filter(({ check }) => check === 'stores')).toEqual([]);
  });

  test('a wrong passphrase, and keys that are gone', async () => {
    folder.secret('passphrase', 'of another household');
    const [wrong, ...others] = await unwell();
    expect(others).toEqual([]);
    expect(wrong).toMatchObject({ check: 'passphrase', status: 'fail', fix: expect.stringContaining('keys recover') });
    expect(wrong!.fix).toContain(at('secrets', 'passphrase'));
    folder.secret('passphrase', PASSPHRASE);
    renameSync(at('state', 'keys.json'), at('state', 'keys.away'));
    expect(await unwell()).toMatchObject([{ check: 'keys', status: 'fail' }]);
  });

  test('it speaks the first admin’s language, or the one that is asked for', async () => {
    rmSync(at('secrets', 'accounts-password'));
    chownSync(at('state', 'control.db'), 0, 0);
    const said = async (...args: string[]) =>
      (await folder.start('ops/kinkeeper.ts', ['doctor', '--config', settings, ...args])).stdout;
    const german = await said();
    expect(german).toContain('root fragt: Was folgt, ist, was das Konto des Bots (10001:10001) kann');
    expect(german).toMatch(/control\.db: gehört nicht dem Konto des Bots[^\n]*\n\s+-> chown -hR 10001:10001 /);
    expect(await said('--language', 'en')).toContain('control.db should belong to the account of the bot');
  });
});
