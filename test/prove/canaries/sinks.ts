import { execFileSync } from 'node:child_process';
import { channel } from 'node:diagnostics_channel';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKey } from 'openpgp';
import { startApiServer } from '../../../bot/api/api-server.ts';
import { proxyList } from '../../../bot/api/client-address.ts';
import { API_RATES } from '../../../bot/api/guard.ts';
import { GUESS_LIMITS } from '../../../bot/api/guess-watch.ts';
import type { CommandAttachment } from '../../../bot/commands/command-spec.ts';
import { exampleLines } from '../../../bot/commands/help.ts';
import { COMMANDS } from '../../../bot/commands/index.ts';
import { runCommand } from '../../../bot/commands/run-command.ts';
import { sayError } from '../../../bot/wording/say.ts';
import { loadLocalConfig } from '../../../config/load.ts';
import { LANGUAGES } from '../../../core/caller.ts';
import type { Control } from '../../../core/control.ts';
import { JOB_NAMES, type JobName } from '../../../core/job.ts';
import { createLogger } from '../../../core/log.ts';
import { botMetrics } from '../../../core/prometheus/bot-metrics.ts';
import { opsMetrics } from '../../../core/prometheus/ops-metrics.ts';
import { DAY_MS } from '../../../core/retention/age.ts';
import { DEFAULT_POLICY } from '../../../core/retention/policy.ts';
import { sweepRetention } from '../../../core/retention/sweep.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import { sayAlert } from '../../../core/wording/alerts/say-alert.ts';
import { exportTrail, rowLine } from '../../../ops/audit/export-trail.ts';
import type { BackupPlan } from '../../../ops/backup/backup-plan.ts';
import { isScratch } from '../../../ops/backup/scratch.ts';
import { examine } from '../../../ops/doctor/doctor.ts';
import { GERMAN } from '../../../ops/gdpr/de.ts';
import { ENGLISH } from '../../../ops/gdpr/en.ts';
import { gatherFacts } from '../../../ops/gdpr/facts.ts';
import { PAPERS } from '../../../ops/gdpr/paper.ts';
import { allJobs } from '../../../ops/jobs/index.ts';
import { meteredJobs } from '../../../ops/metered-jobs.ts';
import { stateLines } from '../../../ops/posture/state-lines.ts';
import { Runner } from '../../../ops/runner.ts';
import { mailWay } from '../../../ops/second-way/mail-way.ts';
import { wayMessage } from '../../../ops/second-way/way.ts';
import { webhookWay } from '../../../ops/second-way/webhook-way.ts';
import type { Stage } from '../../bot/dispatcher-side.ts';
import { ADA, BOT } from '../../bot/matrix/sample-events.ts';
import { BARE } from '../../ops/fixes/host-kinds.ts';
import { startHookServer, startMailServer } from '../../ops/second-way-servers.ts';
import { PLACES } from './unwalked.ts';

/** Bytes that anybody but their owner may get to see, by where they were found. */
export interface Sink {
  readonly name: string;
  readonly bytes: Buffer;
}

const BEN = '@ben:home.test';
const FAMILY = '!family:home.test';
const ON_DEMAND = Object.fromEntries(JOB_NAMES.map((name) => [name, ''])) as Record<JobName, string>;

/**
 * Everything that an admin can call up: each command in the ops room, in the admin's own chat and in a family room that
 * the admin is in, in both languages; with the file that comes with an answer.
 */
export async function adminSinks(stage: Stage): Promise<Sink[]> {
  const { home, commands } = stage;
  const { people } = home.state.control;
  stage.room(FAMILY, BOT, ADA, BEN);
  const sinks: Sink[] = [];
  for (const language of LANGUAGES) {
    people.add({ id: BEN, role: 'admin', language });
    people.setLanguage(people.find(BEN)!.id, language);
    for (const place of PLACES) {
      for (const command of COMMANDS) {
        for (const line of exampleLines(command, language)) {
          const [name = '', ...rest] = line.slice(1).split(' ');
          const caller = place === 'family' ? home.state.rooms.enter(FAMILY, BEN) : people.callerFor(BEN);
          const call = { name, args: rest.join(' '), place, caller: caller! };
          const { attachment, ...answer } = await runCommand(call, commands).catch(
            (thrown): { text: string; attachment?: CommandAttachment } => ({ text: sayError(language, thrown, 'ref') }),
          );
          sinks.push(sink(`${place} ${line}`, [answer, attachment?.name]));
          if (attachment) sinks.push({ name: `${place} ${line} (file)`, bytes: Buffer.from(attachment.bytes) });
        }
      }
    }
  }
  return sinks;
}

/** What ops does and says: every job, one that fails with private words in its error, the doctor, the trail. */
export async function opsSinks({ home, server }: Stage, settingsFile: string): Promise<Sink[]> {
  const { control } = home.state;
  const lines: string[] = [];
  const log = createLogger({ name: 'ops', level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const clock = () => home.clock.now;
  const probe = { tries: 1, pauseMs: 1, timeoutMs: 1000 };
  const backup = await backupPlanIn(join(home.folder, 'backups'));
  const jobs = allJobs({
    ...{ stateDir: join(home.folder, 'state'), homeserver: server.url, control, startedAt: 0, probe },
    ...{ server: 'home.test', state: home.state, backup, vectors: loadTokenVectors },
    ...{ localDir: join(home.folder, 'backups'), rule: { last: 1, daily: 1, weekly: 1, monthly: 1 } },
    ...{ daysAt: {}, remotes: [], helper: undefined, update: undefined, models: undefined },
    backups: { isExpected: false, schedules: { backup: '', drill: '' } },
    here: BARE,
    ownLines: stateLines({
      ...{ stateDir: join(home.folder, 'state'), control, keys: home.state.keys, files: [], env: {} },
      isBackupExpected: false,
    }),
    ...{ servers: {}, host: async () => undefined, settings: { changes: () => [] } },
    evidence: { settings: loadLocalConfig({ file: settingsFile, env: {}, secrets: [] }).config, logFiles: [] },
  });
  const metrics = opsMetrics(control, { readings: () => undefined, clock });
  const metered = meteredJobs(jobs, metrics.meter, clock);
  // In its first day a household has nothing for the digest.
  const later = () => clock() + 2 * DAY_MS;
  const runner = new Runner({ jobs: metered, schedules: ON_DEMAND, control, log, clock: later });
  using scratch = lookAtDrills(join(home.folder, 'state'), home.folder);
  for (const { name } of jobs) await runner.run(name, 'request');
  if (scratch.sinks.length === 0) throw new Error('no drill has unpacked anything');
  const backups = [...filesIn(backup.localDir), ...scratch.sinks];
  const silent = { onSoon: () => {}, onGone: () => {} };
  sweepRetention({ ...home.state, ...silent, policy: DEFAULT_POLICY, people: control.people.list(), log }, clock());
  await runner.stop();
  const rows = exportTrail(control.audit, 0);
  const findings = await examine(settingsFile, {});
  const { config } = loadLocalConfig({ file: settingsFile, env: {}, secrets: [] });
  const facts = gatherFacts({ config, control, findings, passphrase: 'asked', at: clock() });
  const papers = [ENGLISH, GERMAN].flatMap((language) => PAPERS.map((name) => language[name].text(facts)));
  return [
    sink('ops log', lines),
    ...backups,
    sink('metrics of ops', await metrics.registry.metrics()),
    sink('metrics of the bot', await botMetrics(control).registry.metrics()),
    ...(await secondWaySinks(control)),
    sink('doctor', findings),
    sink('papers for the law', papers),
    sink('audit export', [rows, rows.map(rowLine)]),
    ...controlSinks(control),
  ];
}

async function backupPlanIn(localDir: string): Promise<BackupPlan> {
  const { publicKey } = await generateKey({ userIDs: [{ name: 'home' }], type: 'ecc', curve: 'curve25519Legacy' });
  const recipientsFile = `${localDir}-recipients.asc`;
  writeFileSync(recipientsFile, publicKey);
  return { localDir, recipientsFile, homeserver: { kind: 'none' }, version: '1' };
}

/** What a drill that is killed with everything unpacked leaves behind: its scratch place in the state folder as it is at that step. */
function lookAtDrills(stateDir: string, copies: string): Disposable & { readonly sinks: Sink[] } {
  const sinks: Sink[] = [];
  const look = (step: unknown) => {
    if (step !== 'drill-fetched') return;
    for (const name of readdirSync(stateDir).filter(isScratch))
      sinks.push(...diskSinks(join(stateDir, name), copies, 'in the middle of a drill'));
  };
  const steps = channel('kinkeeper:step');
  steps.subscribe(look);
  return { sinks, [Symbol.dispose]: () => void steps.unsubscribe(look) };
}

function filesIn(folder: string): Sink[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => ({ name: `backup ${name}`, bytes: readFileSync(join(parentPath, name)) }));
}

/** Every alert, as a mail and a webhook get it. */
async function secondWaySinks(control: Control): Promise<Sink[]> {
  await using mail = await startMailServer({ security: 'none' });
  await using hook = await startHookServer();
  const addresses = { from: 'kin@home.test', to: 'operator@example.org' };
  const ways = [
    mailWay({ host: '127.0.0.1', port: mail.port, security: 'none', ...addresses }),
    webhookWay({ url: hook.url }),
  ];
  const alerts = control.alerts.recent(10_000);
  for (const way of ways) {
    for (const alert of alerts) {
      for (const language of LANGUAGES) await way.send(wayMessage(alert, language), AbortSignal.timeout(60_000));
    }
  }
  if (mail.mails.length < alerts.length || hook.posts.length < alerts.length) throw new Error('an alert did not leave');
  return [sink('mails', mail.mails), sink('webhook', hook.posts)];
}

function controlSinks(control: Control): Sink[] {
  const alerts = control.alerts.recent(10_000);
  const { jobs, requests, heartbeats, facts, people } = control;
  return [
    sink('alerts', [alerts, LANGUAGES.flatMap((language) => alerts.map((alert) => sayAlert(language, alert)))]),
    sink('job records', jobs.recent(10_000)),
    sink('job requests', requests.untold()),
    sink('heartbeats', [heartbeats.of('bot'), heartbeats.of('ops')]),
    sink(
      'facts',
      ['ops-room', 'announced', 'audit-anchor', 'settings-seen', 'digest'].map((key) => facts.get(key)),
    ),
    sink('people', people.list()),
  ];
}

/** What the homeserver and its operator get to see of the bot's messages, and the health page. */
export async function outsideSinks({ server, home }: Stage): Promise<Sink[]> {
  const address = { host: '127.0.0.1', port: 0 };
  await using health = await startApiServer(address, {
    ...{ backend: () => undefined, version: '0', fileBytes: 1000, rates: API_RATES, guesses: GUESS_LIMITS },
    ...{ proxies: proxyList([]), clock: () => home.clock.now, log: createLogger({ name: 'api', level: 'silent' }) },
  });
  const pages = ['/healthz', '/metrics', '/', '/v1/documents', '/docs'].map(async (path) => {
    const answer = await fetch(`http://127.0.0.1:${health.port}${path}`);
    return [[...answer.headers], await answer.text()];
  });
  return [
    sink('health page', await Promise.all(pages)),
    sink('sent to the homeserver', server.sent),
    sink('requests', server.requests),
    sink('account data', [...server.accountData, ...server.states]),
    ...[...server.media].map(([name, bytes]) => ({ name: `media ${name}`, bytes })),
  ];
}

/**
 * Every file below a folder, and the names of all. Another process copies them: closing a file that this process has open
 * in SQLite would drop the locks on it.
 */
export function diskSinks(folder: string, copies: string, when: string): Sink[] {
  const copy = mkdtempSync(join(copies, 'copy-'));
  try {
    execFileSync('cp', ['-r', '--', folder, copy]);
    const entries = readdirSync(copy, { recursive: true, withFileTypes: true });
    const names = entries.map((entry) => join(entry.parentPath, entry.name).slice(copy.length));
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return [
      sink(`names of files, ${when}`, names),
      ...files.map((file) => ({ name: `file ${file.slice(copy.length)}, ${when}`, bytes: readFileSync(file) })),
    ];
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** The command lines and environments of every process that may be read, as `ps` shows them. */
export function processSink(): Buffer {
  const read = (pid: string, file: string) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`);
    } catch {
      return Buffer.alloc(0);
    }
  };
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return Buffer.concat(pids.flatMap((pid) => [read(pid, 'cmdline'), read(pid, 'environ')]));
}

function sink(name: string, value: unknown): Sink {
  return { name, bytes: Buffer.from(JSON.stringify(value) ?? '') };
}
