import { writeSync } from 'node:fs';
import { SCENARIOS } from './index.ts';

// Runs the change of one scenario on a folder. Arguments: scenario, folder. Says "acting" and "done" (kill-steps.ts).
const [name, folder] = process.argv.slice(2) as [string, string];
const scenario = SCENARIOS.find((one) => one.name === name);
if (scenario === undefined) throw new Error(`there is no scenario ${name}`);
writeSync(1, 'acting\n');
await scenario.act(folder);
writeSync(1, 'done\n');
