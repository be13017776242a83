import { styleText } from 'node:util';
import type { Command } from 'commander';
import type { Language } from '../../core/caller.ts';
import type { OpenState } from '../../core/control.ts';
import { EXIT } from '../../core/exit.ts';
import type { Logger } from '../../core/log.ts';
import { opsLanguage } from '../../core/ops-language.ts';
import {
  type Check,
  type Checklist,
  countChecks,
  isOfWholeHost,
  WHOLE_HOST_WHYS,
  type WholeHostWhy,
  worstFirst,
} from '../../core/posture.ts';
import { sayEvidence } from '../../core/wording/checklist/evidence/say-evidence.ts';
import { sayCheck, sayFix, sayMend, sayUnknown } from '../../core/wording/checklist/say-check.ts';
import type { HostKind } from '../fixes/host-kind.ts';
import type { HostHelper } from '../host/host-helper.ts';
import { askForPosture } from './ask-for-posture.ts';
import { checkNow } from './check-now.ts';
import type { OwnLine } from './own-line.ts';
import { SHELL_WORDS } from './shell-words.ts';

/** How `kinkeeper checklist` gets its work: the entry file reads the settings and opens the state folder. */
export interface ChecklistCommandParts {
  readonly open: (options: { config?: string }) => Promise<OpenState>;
  /** What the settings say, for a state that is open. `helper`: undefined where there is none. */
  readonly settings: (
    options: { config?: string },
    state: OpenState,
  ) => { readonly helper: HostHelper | undefined; readonly own: readonly OwnLine[]; readonly here: HostKind };
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
  const { helper, own, here } = parts.settings(options, state);
  if (options.trustKey) {
    const act = { action: 'checklist.key-trusted', target: '-', outcome: 'done' } as const;
    state.control.audit.append({ ...act, at: now(), actor: 'shell' });
  }
  const went = options.collect ? await lookAnew(helper) : 'ok';
  const judged = await checkNow({
    ...{
      control: state.control,
      own,
      here,
      spoolDir: helper?.spoolDir,
      now: now(),
      trustKey: options.trustKey === true,
    },
    onFailure: (line, thrown) => log.error({ line, err: thrown }, 'a line could not be read'),
  });
  const counts = countChecks(judged);
  const ok = counts.fail === 0 && counts.unknown === 0 && went === 'ok';
  if (options.json)
    say(JSON.stringify({ ok, ...counts, collected: options.collect ? went : null, ...forPrograms(judged) }, null, 2));
  else for (const line of linesOf(opsLanguage(state.control.people), judged, went)) say(line);
  return ok ? EXIT.done : EXIT.failed;
}

async function lookAnew(helper: HostHelper | undefined): Promise<string> {
  return helper === undefined ? 'no-host-helper' : askForPosture(helper, new AbortController().signal);
}

/** With evidence as one text, in English whatever the household speaks: programs compare it. */
function forPrograms({ checks, ...rest }: Checklist) {
  return { ...rest, checks: checks.map((check) => ({ ...check, evidence: sayEvidence('en', check.evidence) })) };
}

function linesOf(language: Language, judged: Checklist, went: string): string[] {
  const words = SHELL_WORDS[language];
  const { hostReadAt, leftOut } = judged;
  return [
    ...worstFirst(judged.checks)
      .filter(({ why }) => !isOfWholeHost(why))
      .map((check) => lineOf(language, check)),
    ...WHOLE_HOST_WHYS.flatMap((why) => waiting(language, judged, why)),
    '',
    words.counts({ ...countChecks(judged), hostReadAt: hostReadAt === null ? '' : moment(hostReadAt) }),
    ...(leftOut.length === 0 ? [] : [words.leftOut({ lines: leftOut.length })]),
    ...(went === 'ok' ? [] : [words.notAnew({ went })]),
  ];
}

const MARKS = { pass: ['PASS', 'green'], fail: ['FAIL', 'red'], unknown: ['UNKNOWN', 'yellow'] } as const;

function lineOf(language: Language, { id, verdict, evidence, why, fix }: Check): string {
  const [word, colour] = MARKS[verdict];
  const mark = styleText(colour, word.padEnd(8), { stream: process.stdout });
  const reason = [...(why === null ? [] : [sayUnknown(language, why)]), sayEvidence(language, evidence)]
    .filter((text) => text !== '')
    .join('; ');
  // Of what is not set up here nothing can be mended.
  const isIdle = why === 'not-set-up';
  const mend = verdict === 'pass' || isIdle ? '' : `\n${' '.repeat(9)}-> ${sayFix(language, fix)}`;
  return `${mark} ${sayCheck(language, id)} [${id}]\n${' '.repeat(9)}${reason}${mend}`;
}

/** All that is not known for one reason: what mends each by itself may not be there yet. */
function waiting(language: Language, { checks, commands }: Checklist, why: WholeHostWhy): string[] {
  const count = checks.filter((check) => check.why === why).length;
  if (count === 0) return [];
  const mark = styleText('yellow', 'UNKNOWN ', { stream: process.stdout });
  const below = `\n${' '.repeat(9)}`;
  const said = SHELL_WORDS[language].waiting({ lines: count });
  return [`${mark} ${said}${below}${sayUnknown(language, why)}${below}-> ${sayMend(language, why, commands)}`];
}

function moment(at: number): string {
  return new Date(at).toISOString().replace('.000', '');
}
