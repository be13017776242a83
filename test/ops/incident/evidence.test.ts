import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { execa } from 'execa';
import { generateKey } from 'openpgp';
import { extract } from 'tar-stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { evidenceList } from '../../../core/incident/evidence-list.ts';
import { createLogger } from '../../../core/log.ts';
import { HostHelper } from '../../../ops/host/host-helper.ts';
import { makeEvidence } from '../../../ops/incident/make-evidence.ts';
import { evidenceJob } from '../../../ops/jobs/evidence.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { openTestState, temporaryFolder } from '../../core/sqlite/temporary-state.ts';
import { TestHost } from '../host/test-host.ts';
import { ORDINARY_RUN } from '../ordinary-run.ts';

vi.setConfig({ testTimeout: 120_000 });

/** Words of a paper and of a chat: nothing of them may be in any evidence. */
const CANARY = 'the violet lighthouse keeper of 1871';

let place: ReturnType<typeof temporaryFolder>;
let host: TestHost;
let plan: { localDir: string; recipientsFile: string; homeserver: { kind: 'none' }; version: string };

beforeEach(async () => {
  place = temporaryFolder();
  host = TestHost.make();
  const recipientsFile = join(place.folder, 'recipients.asc');
  plan = { localDir: join(place.folder, 'backups'), recipientsFile, homeserver: { kind: 'none' }, version: '0.1.0' };
  mkdirSync(home());
  chmodSync(home(), 0o700);
  const { publicKey, privateKey } = await generateKey({
    ...{ userIDs: [{ name: 'kin' }], curve: 'curve25519Legacy', type: 'ecc', format: 'armored' },
  });
  writeFileSync(recipientsFile, publicKey);
  writeFileSync(join(place.folder, 'private.asc'), privateKey);
  await gpg('--import', join(place.folder, 'private.asc'));
});
afterEach(() => {
  host.remove();
  place.remove();
});

const home = () => join(place.folder, 'gpg');
const gpg = (...args: string[]) =>
  execa('gpg', ['--homedir', home(), '--batch', '--quiet', '--pinentry-mode', 'loopback', ...args], {
    encoding: 'buffer',
  });

/** What somebody with the private key finds in an archive, with gpg itself. */
async function opened(file: string): Promise<Map<string, Buffer>> {
  const { stdout } = await gpg('-d', file);
  const unpacked = extract();
  unpacked.end(zstdDecompressSync(stdout));
  const found = new Map<string, Buffer>();
  for await (const entry of unpacked) {
    const parts: Buffer[] = [];
    for await (const part of entry as AsyncIterable<Buffer>) parts.push(part);
    found.set(entry.header.name, Buffer.concat(parts));
  }
  return found;
}

async function household() {
  const state = await openTestState(place.stateDir);
  state.control.people.seed([{ id: '@ada:home.test', role: 'admin', language: 'en' }]);
  const caller = state.control.people.callerFor('@ada:home.test')!;
  state.vault.write(caller, (writer) =>
    writer.addDocument(sampleDocument('$paper', { name: CANARY }), [samplePassage(0, CANARY)]),
  );
  state.control.alerts.raise({ code: 'disk-low', severity: 'critical', facts: { freeBytes: 12 } });
  const person = '@ada:home.test';
  const changed = { code: 'identity-changed', severity: 'critical', key: `identity ${person}` } as const;
  state.control.alerts.raise({ ...changed, facts: { person } });
  state.control.audit.append({ at: 1, actor: person, action: 'command.keys', target: '-', outcome: 'done' });
  return state;
}

const settings = {
  store: { url: 'http://kin:hidden-word@127.0.0.1:6333/x?key=hidden-word' },
  mail: { password: 'hidden-word' },
  alerts: { webhook: { url: 'https://hook.example/services/hidden-word' } },
  people: [{ id: '@ada:home.test', role: 'admin' }],
};

test('evidence opens with gpg, holds logs, records and hashes, and no word of anybody', async () => {
  using state = await household();
  const log = join(place.folder, 'kinkeeper-ops.log');
  writeFileSync(log, '{"level":"info","msg":"ready"}\n');
  mkdirSync(join(host.root, 'var/log'), { recursive: true });
  writeFileSync(join(host.root, 'var/log/auth.log'), 'Accepted publickey for ada from 203.0.113.9\n');
  await host.run('facts');
  const helper = new HostHelper(host.spool);
  const job = evidenceJob({ control: state.control, helper, backup: plan, evidence: { settings, logFiles: [log] } });
  const context = {
    ...ORDINARY_RUN,
    ...{ signal: new AbortController().signal, clock: Date.now, previous: undefined },
    log: createLogger({ name: 'test', level: 'silent' }),
  };
  const over = new AbortController();
  const serving = host.serveUntil(over.signal);
  const figures = await job.run(context).finally(() => over.abort());
  await serving;
  const folder = join(plan.localDir, 'evidence');
  const [file] = readdirSync(folder);
  expect(readdirSync(folder)).toHaveLength(1);
  expect(file).toMatch(/^kin-evidence-\d{8}T\d{6}Z-[0-9a-f]{6}\.tar\.zst\.gpg$/);
  expect(statSync(join(folder, file!)).mode & 0o777).toBe(0o600);
  const sealed = readFileSync(join(folder, file!));
  const sha256 = createHash('sha256').update(sealed).digest('hex');
  expect(figures).toMatchObject({ sha256, bytes: sealed.length, notInIt: 'nothing' });
  expect(evidenceList(state.control.facts)).toMatchObject([{ sha256, cause: 'asked' }]);
  expect(state.control.audit.recent(1)).toMatchObject([{ action: 'evidence.made', target: figures.archive }]);
  const found = await opened(join(folder, file!));
  expect([...found.keys()]).toEqual(
    expect.arrayContaining([
      ...['kinkeeper.json', 'evidence.json', 'records/audit.jsonl', 'records/alerts.jsonl', 'records/job-runs.jsonl'],
      ...['settings.json', 'program/SHA256SUMS', 'program/packages.txt', 'processes.txt', 'logs/kinkeeper-ops.log'],
      ...['host/facts.json', 'host/evidence/auth.log', 'host/evidence/SHA256SUMS', 'manifest.json'],
    ]),
  );
  const all = Buffer.concat([...found.values()]).toString('latin1');
  expect(all).not.toContain('violet');
  expect(all).not.toContain('hidden-word');
  expect(all).not.toContain('@ada:home.test');
  expect(found.get('settings.json')!.toString()).toContain('"https://hook.example"');
  expect(found.get('records/audit.jsonl')!.toString()).toContain('command.keys');
  expect(found.get('host/evidence/auth.log')!.toString()).toContain('203.0.113.9');
  expect(found.get('records/alerts.jsonl')!.toString()).toContain('disk-low');
  const { files } = JSON.parse(found.get('manifest.json')!.toString()) as { files: { name: string; sha256: string }[] };
  for (const one of files) expect(createHash('sha256').update(found.get(one.name)!).digest('hex')).toBe(one.sha256);
  expect(files).toHaveLength(found.size - 1);
  const head = JSON.parse(found.get('kinkeeper.json')!.toString());
  expect(state.control.audit.compare(head.auditAnchor)).toBe('fits');
  const own = createHash('sha256').update(readFileSync('ops/jobs/evidence.ts')).digest('hex');
  expect(found.get('program/SHA256SUMS')!.toString()).toContain(`${own}  ops/jobs/evidence.ts\n`);
  expect(found.get('program/packages.txt')!.toString()).toMatch(/^zod \d/m);
  expect(found.get('processes.txt')!.toString()).toMatch(new RegExp(`^${process.pid}\t`, 'm'));
});

test('without stores, helper and logs it says what is missing; without a key nothing is made', async () => {
  const sources = { records: undefined, helper: undefined, helperMs: 1, settings, logFiles: [] };
  const making = { sources, cause: 'lockdown', at: Date.now(), signal: new AbortController().signal } as const;
  const made = await makeEvidence(plan, making);
  expect(made.missing).toEqual(['records', 'log-files', 'host']);
  const found = await opened(made.path);
  expect(JSON.parse(found.get('evidence.json')!.toString())).toMatchObject({ cause: 'lockdown', anchor: null });
  await expect(makeEvidence(undefined, making)).rejects.toMatchObject({ reason: 'no-backup-key' });
  writeFileSync(plan.recipientsFile, 'no key');
  await expect(makeEvidence(plan, making)).rejects.toMatchObject({ reason: 'backup-recipients' });
  expect(readdirSync(join(plan.localDir, 'evidence'))).toHaveLength(1);
});
