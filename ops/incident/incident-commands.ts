import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { LANGUAGES, type Language } from '../../core/caller.ts';
import type { OpenState } from '../../core/control.ts';
import { AppError } from '../../core/errors.ts';
import { EXIT } from '../../core/exit.ts';
import { noteEvidence } from '../../core/incident/evidence-list.ts';
import { readIncident } from '../../core/incident/incident-record.ts';
import { incidentReport } from '../../core/incident/incident-report.ts';
import type { Logger } from '../../core/log.ts';
import { missingEvidence } from '../../core/wording/missing-evidence.ts';
import type { BackupPlan } from '../backup/backup-plan.ts';
import type { HostHelper } from '../host/host-helper.ts';
import { rehearse } from '../jobs/rehearsal.ts';
import { type EvidenceSources, HELPER_MS } from './evidence-files.ts';
import { readRecords } from './evidence-records.ts';
import { makeEvidence } from './make-evidence.ts';

/** What the entry file reads from the settings for these subcommands. */
export interface IncidentSettings {
  readonly evidence: Pick<EvidenceSources, 'settings' | 'logFiles'>;
  readonly backup: BackupPlan | undefined;
  readonly helper: HostHelper | undefined;
  readonly stateDir: string;
}

/** How `kinkeeper evidence` and `kinkeeper incident` get their work. */
export interface IncidentCommandParts {
  readonly settings: (options: { config?: string }) => IncidentSettings;
  /** undefined: the household is locked down, and nothing opens it here. */
  readonly open: (options: { config?: string }) => Promise<OpenState | undefined>;
  readonly say: (line: string) => void;
  readonly now: () => number;
  readonly config: readonly [string, string];
  readonly day: (text: string) => number;
  /** For what a step of a rehearsal failed of. */
  readonly log: Logger;
  readonly ended: (code: number) => void;
}

/** Adds `kinkeeper evidence`, `kinkeeper incident report` and `kinkeeper incident rehearse` to the program. */
export function addIncidentCommands(program: Command, parts: IncidentCommandParts): void {
  const { config, day } = parts;
  program
    .command('evidence')
    .description('keep logs and records of what went on, sealed to the keys of the backups; works in a lockdown too')
    .option(...config)
    .option('--json', 'what was made as JSON')
    .action((options) => keepEvidence(parts, options));
  const incident = program.command('incident').description('what an incident leaves to be written down');
  incident
    .command('report')
    .description('write the report of an incident, as Markdown and HTML, filled from the records')
    .option(...config)
    .option('--since <day>', 'from this day on (2026-01-31)', day)
    .option('--until <day>', 'to the beginning of this day', day)
    .option('--out <folder>', 'folder that it is written into', '.')
    .addOption(new Option('--language <language>', 'language of the report').choices(LANGUAGES).default('en'))
    .action((options) => writeReport(parts, options));
  incident
    .command('rehearse')
    .description(
      'go through the steps of an incident: nothing is locked, closed or changed; exit code 1 when one fails',
    )
    .option(...config)
    .option('--json', 'how each step went as JSON')
    .action((options) => rehearseAtShell(parts, options));
}

async function rehearseAtShell(
  parts: IncidentCommandParts,
  options: { config?: string; json?: boolean },
): Promise<void> {
  const settings = parts.settings(options);
  using state = await parts.open(options);
  if (state === undefined) throw lockedDown();
  const { control } = state;
  const context = { clock: parts.now, signal: new AbortController().signal, log: parts.log, progress: () => {} };
  const figures = await rehearse({ ...settings, control }, context);
  const { failed, ...steps } = figures;
  const entry = { at: parts.now(), actor: 'shell', action: 'incident.rehearsed', target: '-' } as const;
  control.audit.append({ ...entry, outcome: failed === 0 ? 'done' : 'failed' });
  if (options.json) parts.say(JSON.stringify(figures, null, 2));
  else
    for (const [step, went] of Object.entries(steps))
      parts.say(`${step}: ${String(went).replace('not-set-up', 'not set up')}`);
  if (failed > 0) parts.ended(EXIT.failed);
}

async function keepEvidence(parts: IncidentCommandParts, options: { config?: string; json?: boolean }): Promise<void> {
  const { evidence: own, backup, helper } = parts.settings(options);
  using state = await parts.open(options);
  const at = parts.now();
  const made = await makeEvidence(backup, {
    sources: {
      records: state && readRecords(state.control, at),
      ...{ ...own, helper, helperMs: HELPER_MS },
    },
    ...{ cause: 'asked', at, signal: new AbortController().signal },
  });
  if (state !== undefined) noteEvidence(state.control, made.evidence, { at: parts.now(), actor: 'shell' });
  const { path, missing, evidence } = made;
  if (options.json) return parts.say(JSON.stringify({ path, missing, ...evidence }, null, 2));
  parts.say(`${path}\nSHA-256 ${evidence.sha256}`);
  for (const part of missingEvidence('en', missing)) parts.say(`not in it: ${part.replaceAll('`', '')}`);
  parts.say(`it opens where the private backup key is: gpg -d ${evidence.name}.tar.zst.gpg | zstd -d | tar x`);
}

async function writeReport(
  parts: IncidentCommandParts,
  options: { config?: string; since?: number; until?: number; out: string; language: Language },
): Promise<void> {
  using state = await parts.open(options);
  if (state === undefined) throw lockedDown();
  const now = parts.now();
  const { markdown, html, name } = incidentReport(
    options.language,
    readIncident(state.control, { now, from: options.since, to: options.until }),
  );
  for (const [ending, content] of [
    ['md', markdown],
    ['html', html],
  ] as const) {
    const path = join(options.out, `${name}.${ending}`);
    write(path, content);
    parts.say(path);
  }
  const entry = { at: now, actor: 'shell', action: 'incident.reported', target: '-', outcome: 'done' } as const;
  state.control.audit.append(entry);
}

function write(path: string, content: string): void {
  try {
    writeFileSync(path, content, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new AppError('conflict', `${path} cannot be written (${code})`, {
      hint: 'Name a folder that is there, and holds no such report yet: --out <folder>',
      cause,
    });
  }
}

function lockedDown(): AppError {
  return new AppError('forbidden', 'an admin has locked the household down', {
    reason: 'locked-down',
    hint: 'Run `kinkeeper unlock` first; `kinkeeper evidence` works before that.',
  });
}
