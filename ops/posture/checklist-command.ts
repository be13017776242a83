import { styleText } from 'node:util';
import type { Command } from 'commander';
import type { OpenState } from '../../core/control.ts';
import { EXIT } from '../../core/exit.ts';
import type { Logger } from '../../core/log.ts';
import {
  type Check,
  type Checklist,
  countChecks,
  isOfWholeHost,
  WHOLE_HOST_WHYS,
  type WholeHostWhy,
  worstFirst,
} from '../../core/posture.ts';
import { sayCheck, sayMend, sayUnknown } from '../../core/wording/checklist/say-check.ts';
import type { HostHelper } from '../host/host-helper.ts';
import { askForPosture } from './ask-for-posture.ts';
import { checkNow } from './check-now.ts';
import type { OwnLine } from './own-line.ts';

/** How `kinkeeper checklist` gets its work: the entry file reads the settings and opens the state folder. */
export interface ChecklistCommandParts {
  readonly open: (options: { config?: string }) => Promise<OpenState>;
  /** What the settings say, for a state that is open. `helper`: undefined where there is none. */
  readonly settings: (
    options: { config?: string },
    state: OpenState,
  ) => { readonly helper: HostHelper | undefined; readonly own: readonly OwnLine[] };
  readonly say: (line: string) => void;
  readonly now: () => number;
  readonly log: Logger;
  readonly config: readonly [string, string];
  readonly ended: (code: number) => void;
}

interface Given {
  readonly config?: string;
  readonly json?: boolean;
  readonly collect?: boolean;
  readonly trustKey?: boolean;
}

/** Adds `kinkeeper checklist` to the program. It ends with 0 only when every line passes: what is not known is no pass. */
export function addChecklistCommand(program: Command, parts: ChecklistCommandParts): void {
  program
    .command('checklist')
    .description('what of the security checklist holds, read from this host, and the command that mends the rest')
    .option(...parts.config)
    .option('--collect', 'have the host helper look anew first')
    .option('--trust-key', 'the host was set up anew: believe the key that signs for it from now on')
    .option('--json', 'lines as JSON')
    .action(async (options: Given) => parts.ended(await checklist(parts, options)));
}

async function checklist(parts: ChecklistCommandParts, options: Given): Promise<number> {
  const { say, now, log } = parts;
  using state = await parts.open(options);
  const { helper, own } = parts.settings(options, state);
  if (options.trustKey) {
    const act = { action: 'checklist.key-trusted', target: '-', outcome: 'done' } as const;
    state.control.audit.append({ ...act, at: now(), actor: 'shell' });
  }
  const went = options.collect ? await lookAnew(helper) : 'ok';
  const judged = await checkNow({
    ...{ control: state.control, own, spoolDir: helper?.spoolDir, now: now(), trustKey: options.trustKey === true },
    onFailure: (line, thrown) => log.error({ line, err: thrown }, 'a line could not be read'),
  });
  const counts = countChecks(judged);
  const ok = counts.fail === 0 && counts.unknown === 0 && went === 'ok';
  if (options.json)
    say(JSON.stringify({ ok, ...counts, collected: options.collect ? went : null, ...judged }, null, 2));
  else for (const line of linesOf(judged, went)) say(line);
  return ok ? EXIT.done : EXIT.failed;
}

async function lookAnew(helper: HostHelper | undefined): Promise<string> {
  return helper === undefined ? 'no-host-helper' : askForPosture(helper, new AbortController().signal);
}

function linesOf(judged: Checklist, went: string): string[] {
  const { fail, unknown, pass } = countChecks(judged);
  const read =
    judged.hostReadAt === null ? 'nothing was read from the host' : `the host was read ${moment(judged.hostReadAt)}`;
  return [
    ...worstFirst(judged.checks)
      .filter(({ why }) => !isOfWholeHost(why))
      .map(lineOf),
    ...WHOLE_HOST_WHYS.flatMap((why) => waiting(judged, why)),
    '',
    `${fail} fail, ${unknown} not known, ${pass} pass; ${read}`,
    ...(judged.leftOut.length === 0
      ? []
      : [`${judged.leftOut.length} lines about Docker do not concern this host, which has none`]),
    ...(went === 'ok' ? [] : [`The host was not looked at anew (${went}): this is from before.`]),
  ];
}

const MARKS = { pass: ['PASS', 'green'], fail: ['FAIL', 'red'], unknown: ['UNKNOWN', 'yellow'] } as const;

function lineOf({ id, verdict, evidence, why, fix }: Check): string {
  const [word, colour] = MARKS[verdict];
  const mark = styleText(colour, word.padEnd(8), { stream: process.stdout });
  const reason = [...(why === null ? [] : [sayUnknown('en', why)]), ...(evidence === '' ? [] : [evidence])].join('; ');
  // Of what is not set up here nothing can be mended at the shell: only a job may have to run first.
  const isIdle = why === 'not-set-up' && !fix.startsWith('!');
  const mend = verdict === 'pass' || isIdle ? '' : `\n${' '.repeat(9)}-> ${fix}`;
  return `${mark} ${sayCheck('en', id)} [${id}]\n${' '.repeat(9)}${reason}${mend}`;
}

/** All that is not known for one reason: what mends each by itself may not be there yet. */
function waiting({ checks }: Checklist, why: WholeHostWhy): string[] {
  const count = checks.filter((check) => check.why === why).length;
  if (count === 0) return [];
  const mark = styleText('yellow', 'UNKNOWN ', { stream: process.stdout });
  return [
    `${mark} ${count} lines wait for the host helper\n${' '.repeat(9)}${sayUnknown('en', why)}\n${' '.repeat(9)}-> ${sayMend('en', why)}`,
  ];
}

function moment(at: number): string {
  return new Date(at).toISOString().replace('.000', '');
}
