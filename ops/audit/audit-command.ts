import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { readAnchor } from '../../core/audit-anchor.ts';
import type { OpenState } from '../../core/control.ts';
import { EXIT, UsageError } from '../../core/exit.ts';
import { exportTrail, rowLine } from './export-trail.ts';
import { verdictLines, verifyTrail } from './verify-trail.ts';

/** How `kinkeeper audit` gets its work: the entry file reads the settings and opens the state folder. */
export interface AuditCommandParts {
  readonly open: (options: { config?: string }) => Promise<OpenState>;
  readonly say: (line: string) => void;
  readonly now: () => number;
  /** Reads a day; throws for what is none. */
  readonly day: (text: string) => number;
  readonly config: readonly [string, string];
  readonly ended: (code: number) => void;
}

/** Adds `kinkeeper audit verify|export` to the program. */
export function addAuditCommand(program: Command, parts: AuditCommandParts): void {
  const { config, day, ended } = parts;
  const audit = program.command('audit').description('the trail of who did what: never any content');
  audit
    .command('verify')
    .description('check that no row was changed, removed or put in; the first one that does not fit is named')
    .option(...config)
    .option('--anchor <file>', 'anchor of an earlier day: a manifest of a backup, or what --json printed')
    .option('--json', 'verdict and anchor as JSON')
    .action(async (options) => ended(await verifyAudit(parts, options)));
  audit
    .command('export')
    .description('print the rows, oldest first; that this was done becomes a row itself')
    .option(...config)
    .option('--since <day>', 'rows from this day on (2026-01-31)', day, 0)
    .option('--json', 'rows as JSON')
    .action((options) => exportAudit(parts, options));
}

async function verifyAudit(
  { open, say, now }: AuditCommandParts,
  options: { config?: string; anchor?: string; json?: boolean },
): Promise<number> {
  const given = options.anchor === undefined ? undefined : readAnchor(textIn(options.anchor));
  using state = await open(options);
  const verdict = verifyTrail(state.control.audit, given, now());
  say(options.json ? JSON.stringify(verdict, null, 2) : verdictLines(verdict));
  return verdict.ok ? EXIT.done : EXIT.failed;
}

async function exportAudit(
  { open, say, now }: AuditCommandParts,
  options: { config?: string; since: number; json?: boolean },
): Promise<void> {
  using state = await open(options);
  const { audit } = state.control;
  audit.append({ at: now(), actor: 'shell', action: 'audit.exported', target: '-', outcome: 'done' });
  const rows = exportTrail(audit, options.since);
  if (options.json) say(JSON.stringify({ ok: true, rows }, null, 2));
  else for (const row of rows) say(rowLine(row));
}

function textIn(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`--anchor: ${file} cannot be read`);
  }
}
