import { writeSync } from 'node:fs';
import { loadScenario } from './index.ts';

// Runs the change of one scenario on a folder. Arguments: scenario, folder. Says "acting" and "done" (killed-act.ts).
const [name, folder] = process.argv.slice(2) as [string, string];
const scenario = await loadScenario(name);
writeSync(1, 'acting\n');
await scenario.act(folder);
writeSync(1, 'done\n');
