// Writes to control.db beside another process. Arguments: state folder, own name, rounds.
import { openTestState } from './temporary-state.ts';

const [stateDir, name, rounds] = process.argv.slice(2) as [string, string, string];
using state = await openTestState(stateDir, { create: false });
const { alerts, audit, facts, heartbeats, jobs } = state.control;
process.stdout.write('open\n');
for (let round = 0; round < Number(rounds); round++) {
  audit.append({ at: round, actor: name, action: 'test', target: String(round), outcome: 'done' });
  alerts.raise({ code: 'test', severity: 'info', key: 'shared' });
  facts.set(`${name}-${round}`, 'here');
  jobs.finish(jobs.start('health', 'schedule', round), { at: round, outcome: 'ok' });
  heartbeats.beat({ process: name === 'bot' ? 'bot' : 'ops', at: round, figures: { round } });
}
