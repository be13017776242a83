import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlain, type RequestListener } from 'node:http';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createSecure, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../../config/load.ts';
import type { Caller } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import type { CheckId } from '../../../core/posture.ts';
import { sayEvidence } from '../../../core/wording/checklist/evidence/say-evidence.ts';
import type { HostKind } from '../../../ops/fixes/host-kind.ts';
import { hostOf } from '../../../ops/posture/host-of.ts';
import { judgeOwn } from '../../../ops/posture/own-line.ts';
import { ownLinesOf, publicPlace } from '../../../ops/posture/own-lines.ts';
import { type PublicPlace, reachLines } from '../../../ops/posture/reach-lines.ts';
import { type StateLinesOptions, stateLines } from '../../../ops/posture/state-lines.ts';
import { listen } from '../../listen.ts';
import { BARE, IN_DOCKER } from '../fixes/host-kinds.ts';
import { openTestState } from '../open-test-state.ts';
import { selfMade } from '../second-way-servers.ts';
import { postureOf } from './good-host.ts';

const NOW = Date.now();
const HOUR = 3_600_000;
const FOLDERS = { data: '/mnt/home', product: '/opt/kin' };

describe('by the public name', () => {
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  });

  async function secure(days = 90) {
    const made = selfMade(days);
    const server = createSecure(made, (socket) => socket.on('error', () => {}));
    servers.push(server);
    return { port: await listen(server), cert: made.cert };
  }
  async function plain(answer: RequestListener): Promise<number> {
    const server = createPlain(answer);
    servers.push(server);
    return listen(server);
  }
  /** A port that nobody listens on any more. */
  async function nobody(): Promise<number> {
    const server = createPlain();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
  const household: HostKind = { ...IN_DOCKER, ...FOLDERS };
  async function judge(id: CheckId, place: Partial<PublicPlace> | undefined, now = NOW, host = household) {
    const given = place && { host: 'localhost', https: 1, http: 1, closed: [], ...place };
    const lines = reachLines(given).filter((line) => line.id === id);
    const [judged] = await judgeOwn(lines, { now, host, onFailure: (_, thrown) => expect.fail(String(thrown)) });
    return { ...judged!, evidence: sayEvidence('en', judged!.evidence) };
  }

  test('a certificate that counts, one that does not, and one that ends soon', async () => {
    const { port, cert } = await secure();
    const stranger = await judge('tls', { https: port });
    expect(stranger).toMatchObject({ verdict: 'fail' });
    expect(stranger.evidence).toMatch(/SELF_SIGNED/);
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, cert]);
    try {
      const judged = await judge('tls', { https: port });
      expect(judged).toMatchObject({ verdict: 'pass', readAt: NOW });
      expect(judged.evidence).toMatch(/^localhost: TLSv1\.3, by .*, (89|90) days left$/);
      expect(await judge('tls', { https: port }, NOW + 80 * 24 * HOUR)).toMatchObject({ verdict: 'fail' });
    } finally {
      setDefaultCACertificates(before);
    }
  });

  test('a certificate of the household’s own authority counts, and none of another one', async () => {
    const [ours, theirs] = ['ours', 'theirs'].map((name) => ownAuthority(name));
    const served = (certificate: { key: string; cert: string }) => {
      const server = createSecure(certificate, (socket) => socket.on('error', () => {}));
      servers.push(server);
      return listen(server);
    };
    const [own, other] = [await served(ours!), await served(theirs!)];
    const { authorityFile } = ours!;
    expect(await judge('tls', { https: own, authorityFile })).toMatchObject({ verdict: 'pass' });
    const foreign = await judge('tls', { https: other, authorityFile });
    expect(foreign).toMatchObject({ verdict: 'fail', fix: expect.stringContaining('tls.sh own-ca') });
    expect(foreign.evidence).toMatch(/UNABLE_TO|SELF_SIGNED/);
    expect(await judge('tls', { https: own })).toMatchObject({ verdict: 'fail', fix: 'certbot renew' });
    // Of another name, and late.
    expect(await judge('tls', { https: own, host: '127.0.0.1', authorityFile })).toMatchObject({ verdict: 'fail' });
    expect(await judge('tls', { https: own, authorityFile }, NOW + 390 * 24 * HOUR)).toMatchObject({ verdict: 'fail' });
    writeFileSync(authorityFile, 'no certificate');
    for (const file of [authorityFile, `${authorityFile}.gone`])
      expect(await judge('tls', { https: own, authorityFile: file })).toMatchObject({
        verdict: 'unknown',
        why: 'failed',
      });
    // Where everybody's authorities are enough, they still count beside it.
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, ours!.authority]);
    try {
      const { authorityFile: another } = theirs!;
      expect(await judge('tls', { https: own, authorityFile: another })).toMatchObject({ verdict: 'pass' });
    } finally {
      setDefaultCACertificates(before);
    }
  });

  test('an authority that ends soon counts, and what is to be done names the folders and addresses of this household', async () => {
    const own = async (days?: number) => {
      const made = ownAuthority('own', days);
      const server = createSecure(made, (socket) => socket.on('error', () => {}));
      servers.push(server);
      return { https: await listen(server), authorityFile: made.authorityFile };
    };
    const ending = await judge('tls', await own(7));
    expect(ending).toMatchObject({ verdict: 'fail' });
    expect(ending.evidence).toMatch(/39[67] days left; its authority Soon over ends, [67] days left$/);
    expect(ending.fix).toBe(
      'rm /mnt/home/tls-authority/ca.key && /opt/kin/config/deploy/tls/tls.sh own-ca /mnt/home/tls localhost 10.77.0.1' +
        ' && install -m 644 /mnt/home/tls/ca.pem /mnt/home/config/tls-authority.pem && docker exec kinkeeper-nginx-1 nginx -s reload',
    );
    const lasting = await own();
    expect(await judge('tls', lasting)).toMatchObject({ verdict: 'pass' });
    expect((await judge('tls', lasting, NOW + 390 * 24 * HOUR)).fix).toBe(
      '/opt/kin/config/deploy/tls/tls.sh own-ca /mnt/home/tls localhost 10.77.0.1 && docker exec kinkeeper-nginx-1 nginx -s reload',
    );
  });

  test('a certificate from elsewhere is renewed by what this host has, where its door is', async () => {
    const { port: https } = await secure();
    const fixOn = async (host: HostKind) => (await judge('tls', { https }, NOW, { ...host, ...FOLDERS })).fix;
    const socket = 'unix:///run/user/1000/podman/podman.sock';
    const rootless = { ...IN_DOCKER, engine: { name: 'podman', socket } } as const;
    const take = '/opt/kin/config/deploy/tls/tls.sh take /mnt/home/tls CHAIN KEY';
    expect(await fixOn(BARE)).toBe('certbot renew');
    expect(await fixOn({ ...BARE, hasCertbot: false })).toBe(`ss -tlpn 'sport = :${https}'`);
    expect(await fixOn({ ...IN_DOCKER, hasCertbot: false })).toBe(
      `${take} && docker exec kinkeeper-nginx-1 nginx -s reload`,
    );
    expect(await fixOn({ ...rootless, hasCertbot: false })).toBe(
      `${take} && CONTAINER_HOST=${socket} docker exec kinkeeper-nginx-1 nginx -s reload`,
    );
    const { authorityFile } = ownAuthority('of-podman');
    const own = await judge('tls', { https, authorityFile }, NOW, { ...rootless, ...FOLDERS });
    expect(own.fix).toMatch(/ && CONTAINER_HOST=unix:\S+ docker exec kinkeeper-nginx-1 nginx -s reload$/);
  });

  test('the folders of the host are those that were read of it, and no more than plain paths', () => {
    const of = (data: string, env: string) =>
      hostOf({ posture: postureOf({ settings: `data_dir=${data}\ncompose_env=${env}\n` }) }, IN_DOCKER);
    expect(of('/mnt/home', '/opt/kin/.env')).toEqual({ ...IN_DOCKER, data: '/mnt/home', product: '/opt/kin' });
    expect(of('/mnt; reboot', '')).toEqual(IN_DOCKER);
    expect(hostOf({ posture: postureOf({ settings: 'nonsense' }) }, IN_DOCKER)).toEqual(IN_DOCKER);
    const bare = { ...IN_DOCKER, hasHelper: false };
    expect(hostOf({ why: 'no-helper' }, bare)).toEqual(bare);
    // Half of what was said may end in the middle of a path.
    const { probes, at } = postureOf({ settings: 'data_dir=/mnt/home' });
    const half = { ...probes, settings: { code: 0, cut: true, text: 'data_dir=/mnt/ho' } };
    expect(hostOf({ posture: { at, probes: half } }, IN_DOCKER)).toEqual(IN_DOCKER);
  });

  test('nobody there is not known, and neither is a household without a public name', async () => {
    for (const id of ['tls', 'http-redirect', 'closed-ports'] as const) {
      expect(await judge(id, { https: await nobody() })).toMatchObject({ verdict: 'unknown', why: 'failed' });
      expect(await judge(id, undefined)).toMatchObject({ verdict: 'unknown', why: 'not-set-up' });
    }
  });

  test('plain HTTP: closed, the redirect, and anything else', async () => {
    const { port: https } = await secure();
    const at = async (answer: RequestListener) => judge('http-redirect', { https, http: await plain(answer) });
    expect(await judge('http-redirect', { https, http: await nobody() })).toMatchObject({ verdict: 'pass' });
    const sent = await at((_, response) => void response.writeHead(301, { location: 'https://localhost/' }).end());
    expect(sent).toMatchObject({ verdict: 'pass' });
    expect(await at((_, response) => void response.end('hello'))).toMatchObject({ verdict: 'fail' });
    const elsewhere = await at((_, response) => void response.writeHead(302, { location: 'http://localhost/x' }).end());
    expect(elsewhere).toMatchObject({ verdict: 'fail' });
    expect(elsewhere.evidence).toContain('answers 302 to http://localhost/x');
    const another = await at(
      (_, response) => void response.writeHead(301, { location: 'https://elsewhere.test/' }).end(),
    );
    expect(another).toMatchObject({ verdict: 'fail' });
    expect(another.evidence).toContain('answers 301 to https://elsewhere.test/');
  });

  test.each([
    '/',
    '/v1/documents',
    '/_matrix/client/versions',
  ])('plain HTTP that is answered at %s alone', async (path) => {
    const { port: https } = await secure();
    const http = await plain((request, response) => {
      if (request.url !== path) response.writeHead(301, { location: 'https://localhost/' });
      response.end();
    });
    expect(await judge('http-redirect', { https, http })).toMatchObject({
      ...{ verdict: 'fail', evidence: `http://localhost:${http}${path} answers 200` },
    });
  });

  test('ports that have to be closed', async () => {
    const { port: https } = await secure();
    const open = await plain((_, response) => void response.end());
    const closed = await nobody();
    expect(await judge('closed-ports', { https, closed: [closed] })).toMatchObject({ verdict: 'pass' });
    const judged = await judge('closed-ports', { https, closed: [closed, open] });
    expect(judged).toMatchObject({ verdict: 'fail', evidence: `localhost:${open} answers` });
  });

  test('where that is', () => {
    expect(publicPlace('https://matrix.home.example:8443', 'home.example')).toMatchObject({
      host: 'matrix.home.example',
      https: 8443,
    });
    expect(publicPlace('http://synapse:8008', 'home.example:8448')).toMatchObject({
      host: 'home.example',
      https: 443,
      http: 80,
    });
    const door = { address: 'https://chat.home.example', authorityFile: '/config/tls-authority.pem' };
    expect(publicPlace('http://synapse:8008', 'home.example', door)).toMatchObject({
      ...{ host: 'chat.home.example', https: 443, authorityFile: '/config/tls-authority.pem' },
    });
    for (const server of ['home.test', 'localhost', '10.8.0.1', 'nas.local', '[::1]'])
      expect(publicPlace('http://synapse:8008', server), server).toBeUndefined();
  });
});

/** An authority as set-up makes it (config/deploy/tls/tls.sh), with a certificate of it for `localhost`. */
function ownAuthority(name: string, days?: number) {
  const folder = mkdtempSync(join(tmpdir(), `kin-${name}-`));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const tls = join(folder, 'tls');
  mkdirSync(tls);
  if (days !== undefined) endingAuthority(tls, days);
  execFileSync('sh', [TLS, 'own-ca', tls, 'localhost', '10.77.0.1'], { stdio: 'ignore' });
  const read = (file: string) => readFileSync(join(tls, file), 'utf8');
  const authorityFile = join(folder, 'tls-authority.pem');
  writeFileSync(authorityFile, read('ca.pem'));
  return { key: read('privkey.pem'), cert: read('fullchain.pem'), authority: read('ca.pem'), authorityFile };
}

/** An authority of before, with so many days left. */
function endingAuthority(tls: string, days: number): void {
  const authority = `${tls}-authority`;
  mkdirSync(authority);
  const made = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    String(days),
  ];
  const more = [
    '-subj',
    '/CN=Soon over',
    '-addext',
    'basicConstraints=critical,CA:TRUE',
    '-addext',
    'keyUsage=keyCertSign',
  ];
  const files = ['-keyout', join(authority, 'ca.key'), '-out', join(tls, 'ca.pem')];
  execFileSync('openssl', [...made, ...more, ...files], { stdio: 'ignore' });
}

const TLS = fileURLToPath(new URL('../../../config/deploy/tls/tls.sh', import.meta.url));

describe('of what is kept', () => {
  let state: OpenState;
  let stateDir: string;
  let remove: () => void;
  beforeEach(async () => {
    ({ state, stateDir, remove } = await openTestState(() => NOW));
  });
  afterEach(() => remove());

  async function judge(id: CheckId, more: Partial<StateLinesOptions> = {}, host = IN_DOCKER) {
    const { control, keys } = state;
    const options = { stateDir, control, keys, files: [], env: {}, isBackupExpected: true, ...more };
    const lines = stateLines(options).filter((line) => line.id === id);
    const [judged] = await judgeOwn(lines, {
      now: NOW,
      host,
      onFailure: (_, thrown) => expect.fail(String(thrown)),
    });
    return { ...judged!, evidence: sayEvidence('en', judged!.evidence) };
  }

  function addPerson(): Caller {
    state.control.people.add({ id: '@ada:home.test', role: 'member', language: 'en' });
    const caller = state.control.people.callerFor('@ada:home.test')!;
    state.vault.write(caller, (writer) => writer.documents());
    return caller;
  }

  test('stores: encrypted, unless somebody puts a plain one there', async () => {
    const { tenant } = addPerson();
    expect(await judge('document-encryption')).toMatchObject({ verdict: 'pass' });
    const isolated = await judge('isolation');
    expect(isolated).toMatchObject({ verdict: 'pass' });
    expect(isolated.evidence).toMatch(/^1 file .* 1 key,/);
    writeFileSync(join(stateDir, 'tenants', `${tenant}.7.db`), 'SQLite format 3\0and then more');
    expect(await judge('document-encryption')).toMatchObject({ verdict: 'fail' });
    expect(await judge('isolation')).toMatchObject({ verdict: 'fail' });
  });

  test('stores: one that has no key, one that is none, and a folder without any', async () => {
    addPerson();
    writeFileSync(join(stateDir, 'tenants', `${'a'.repeat(32)}.db`), 'sixteen random bytes of no key');
    expect(await judge('isolation')).toMatchObject({ verdict: 'fail' });
    writeFileSync(join(stateDir, 'tenants', `${'b'.repeat(32)}.db`), 'short');
    expect(await judge('isolation')).toMatchObject({ verdict: 'unknown', why: 'unclear' });
    const empty = join(stateDir, 'empty');
    mkdirSync(join(empty, 'tenants'), { recursive: true });
    expect(await judge('document-encryption', { stateDir: empty })).toMatchObject({ verdict: 'unknown' });
  });

  test('secrets: files for one account, and none in the environment', async () => {
    const path = join(stateDir, 'a-secret');
    writeFileSync(path, 'x', { mode: 0o600 });
    const files = [{ name: 'keys.passphraseFile', path, isSecret: true }];
    const env = { PATH: '/bin', KINKEEPER_KEYS_PASSPHRASE_FILE: './x', CREDENTIALS_DIRECTORY: '/run/x', API_TOKEN: '' };
    expect(await judge('secrets-as-files', { files, env })).toMatchObject({ verdict: 'pass' });
    const named = await judge('secrets-as-files', { files, env: { DB_PASSWORD: 'hunter2' } });
    expect(named).toMatchObject({ verdict: 'fail', evidence: 'DB_PASSWORD stands in the environment' });
    chmodSync(path, 0o640);
    expect(await judge('secrets-as-files', { files })).toMatchObject({
      verdict: 'fail',
      evidence: 'keys.passphraseFile: mode 640',
    });
    // In a container the file has another name than on the host.
    const inFolder = 'find /srv/kinkeeper/secrets -type f -exec chmod go= {} +';
    expect((await judge('secrets-as-files', { files })).fix).toBe(inFolder);
    expect((await judge('secrets-as-files', { files }, BARE)).fix).toBe(`chmod 600 ${path}`);
    const inEnvironment = { env: { DB_PASSWORD: 'hunter2' } };
    const grep = 'cd /opt/kinkeeper && grep -n DB_PASSWORD .env docker-compose*.yml';
    expect((await judge('secrets-as-files', inEnvironment)).fix).toBe(grep);
    expect((await judge('secrets-as-files', inEnvironment, BARE)).fix).toBe(
      'grep -rn DB_PASSWORD /etc/systemd/system/kinkeeper-*',
    );
    expect(await judge('secrets-as-files')).toMatchObject({ verdict: 'unknown', why: 'not-set-up' });
    const gone = [{ ...files[0]!, path: `${path}-gone` }];
    expect(await judge('secrets-as-files', { files: gone })).toMatchObject({ verdict: 'unknown', why: 'failed' });
  });

  describe('the trail', () => {
    /** A run of the job at a time, and what it ended with. */
    const run = (at: number, figures: Record<string, number>, outcome: 'ok' | 'failed' = 'ok') => {
      const { jobs } = state.control;
      jobs.finish(jobs.start('audit', 'schedule', at), { at, outcome, figures });
    };
    const write = (entries: number) => {
      for (let at = 1; at <= entries; at++)
        state.control.audit.append({ at, actor: '@ada:home.test', action: 'x', target: 'y', outcome: 'done' });
    };

    test('passes when it was found whole of late, and says how much of it was looked at', async () => {
      write(3);
      run(NOW - 60 * HOUR, { rows: 3 });
      const old = { verdict: 'fail', evidence: expect.stringContaining('checked 60 h ago: 3 entries') };
      expect(await judge('audit-log')).toMatchObject(old);
      run(NOW - 5 * HOUR, { rows: 3 });
      expect(await judge('audit-log')).toMatchObject({
        verdict: 'pass',
        evidence: 'audit trail checked 5 h ago: 3 entries, none changed, none missing',
      });
      write(2);
      expect((await judge('audit-log')).evidence).toMatch(/3 entries.*; 2 more since then$/);
      run(NOW - 60_000, { rows: 5 });
      expect((await judge('audit-log')).evidence).toMatch(/checked just now: 5 entries/);
    });

    test('never passes before anything in it was looked at', async () => {
      expect(await judge('audit-log')).toMatchObject({ verdict: 'unknown', why: 'not-yet' });
      run(NOW - HOUR, { rows: 0 });
      expect(await judge('audit-log')).toMatchObject({ verdict: 'unknown', why: 'not-yet' });
      write(4);
      const unlooked = { verdict: 'unknown', why: 'not-yet', evidence: expect.stringContaining('4 entries') };
      expect(await judge('audit-log')).toMatchObject(unlooked);
    });

    test('counts what is still there of what was looked at, once old entries were removed', async () => {
      write(6);
      run(NOW - HOUR, { rows: 6 });
      state.control.audit.removeBefore(4, NOW);
      expect((await judge('audit-log')).evidence).toMatch(/3 entries.*; 1 more since then$/);
      state.control.audit.removeBefore(NOW + 1, NOW + 1);
      expect(await judge('audit-log')).toMatchObject({ verdict: 'unknown', why: 'not-yet' });
    });

    test('fails when it is broken, when its end is gone, and when its check failed', async () => {
      const { alerts } = state.control;
      write(3);
      run(NOW - 5 * HOUR, { rows: 3 });
      alerts.raise({ code: 'audit-broken', severity: 'critical', key: 'audit-broken', facts: { row: 2 } });
      expect(await judge('audit-log')).toMatchObject({ verdict: 'fail', fix: '!incident' });
      alerts.clear('audit-broken');
      run(NOW - 3 * HOUR, { rows: 7 });
      expect(await judge('audit-log')).toMatchObject({ verdict: 'fail', evidence: expect.stringContaining('row 4') });
      run(NOW - 2 * HOUR, { brokenAtRow: 2 });
      expect(await judge('audit-log')).toMatchObject({ verdict: 'fail' });
      run(NOW - HOUR, {}, 'failed');
      expect(await judge('audit-log')).toMatchObject({ verdict: 'fail' });
    });
  });

  test('backups: by the newest that was proven, not the newest there is', async () => {
    const { backups } = state.control;
    const make = (name: string, madeAt: number) => {
      const made = { name, madeAt, bytes: 5, sha256: name, plainBytes: 9, entries: 1 };
      backups.add(made, new Uint8Array(32));
      backups.noteCopy(name, { place: 'local', verifiedAt: madeAt });
    };
    expect(await judge('backups')).toMatchObject({ verdict: 'fail' });
    make('old', NOW - 90 * HOUR);
    backups.markProven('old', NOW - 89 * HOUR, {});
    make('fresh', NOW - 5 * HOUR);
    expect(await judge('backups')).toMatchObject({ verdict: 'fail' });
    backups.markProven('fresh', NOW - 4 * HOUR, {});
    const judged = await judge('backups');
    expect(judged).toMatchObject({
      verdict: 'pass',
      evidence: 'fresh, proven by restoring it, made 5 h ago; kept on this server',
    });
    expect(await judge('backups', { isBackupExpected: false })).toMatchObject({ verdict: 'fail' });
    // Where the job is off, or no backups are set up, no more are made.
    const verdictWith = async (job: string, backup: unknown) => {
      const file = join(stateDir, 'kinkeeper.yaml');
      writeFileSync(
        file,
        `matrix: { homeserver: "http://h.test", userId: "@kin:home.test", passwordFile: ./x }
people: [{ id: "@ada:home.test", role: admin }]
stateDir: ${stateDir}
keys: { passphraseFile: ./x }
jobs: { backup: "${job}" }
`,
      );
      const { config } = loadConfig({ file, env: {}, secrets: [] });
      const lines = ownLinesOf({ ...{ config, state, backup, files: [], env: {} } }).filter(
        ({ id }) => id === 'backups',
      );
      const [one] = await judgeOwn(lines, {
        now: NOW,
        host: IN_DOCKER,
        onFailure: () => {},
      });
      return one!.verdict;
    };
    expect(await verdictWith('15 3 * * *', {})).toBe('pass');
    expect(await verdictWith('', {})).toBe('fail');
    expect(await verdictWith('15 3 * * *', undefined)).toBe('fail');
  });
});
