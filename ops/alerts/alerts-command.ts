import type { Command } from 'commander';
import { alertReference } from '../../core/alert.ts';
import type { OpenState } from '../../core/control.ts';
import { errorLine } from '../../core/errors.ts';
import { EXIT } from '../../core/exit.ts';
import { opsLanguage } from '../../core/ops-language.ts';
import { type Way, wayMessage } from '../second-way/way.ts';

interface Options {
  readonly config?: string;
  readonly json?: boolean;
}

/** How `kinkeeper alerts` gets its work: the entry file reads the settings and opens the state folder. */
export interface AlertsCommandParts {
  readonly open: (options: Options) => Promise<OpenState>;
  /** The second ways out that the settings name. */
  readonly ways: (options: Options) => readonly Way[];
  readonly say: (line: string) => void;
  readonly config: readonly [string, string];
  readonly ended: (code: number) => void;
}

/** What became of a test by one way. `problem` is empty when it was taken. */
interface Tried {
  readonly way: 'matrix' | 'mail' | 'webhook';
  readonly ok: boolean;
  readonly problem: string;
}

/** Adds `kinkeeper alerts test` to the program. */
export function addAlertsCommand(program: Command, parts: AlertsCommandParts): void {
  const { say, config, ended } = parts;
  program
    .command('alerts')
    .description('what tells of faults')
    .command('test')
    .description('send a test alert to the ops room, by mail and to the webhook, as far as the settings name them')
    .option(...config)
    .option('--json', 'what became of it as JSON')
    .action(async (options: Options) => {
      const { reference, tried } = await sendTests(parts, options);
      const ok = tried.every((one) => one.ok);
      if (options.json) say(JSON.stringify({ ok, reference, tried }, null, 2));
      else for (const line of lines(reference, tried)) say(line);
      ended(ok ? EXIT.done : EXIT.failed);
    });
}

async function sendTests(
  { open, ways }: Pick<AlertsCommandParts, 'open' | 'ways'>,
  options: Options,
): Promise<{ reference: string; tried: Tried[] }> {
  using state = await open(options);
  const { alerts, people } = state.control;
  alerts.raise({ code: 'alert-test', severity: 'info' });
  const [alert] = alerts.recent(1);
  const tried: Tried[] = [{ way: 'matrix', ok: true, problem: '' }];
  for (const way of ways(options)) {
    const problem = await way
      .send(wayMessage(alert!, opsLanguage(people)), AbortSignal.timeout(60_000))
      .then(() => '', errorLine);
    tried.push({ way: way.name, ok: problem === '', problem });
  }
  return { reference: alertReference(alert!.id), tried };
}

function lines(reference: string, tried: readonly Tried[]): string[] {
  const others = tried.filter(({ way }) => way !== 'matrix');
  return [
    `ops room: ${reference} waits there for the bot, which sends it within seconds when it runs`,
    ...others.map(({ way, ok, problem }) => `${way}: ${ok ? 'taken' : `not sent: ${problem}`}`),
    ...(others.length === 0
      ? ['no second way is set up: alerts.mail or alerts.webhook tell you when Matrix itself is down']
      : []),
  ];
}
