import { simulateZone } from './simulate-zone.ts';

// One zone in a process of its own, which has the zone for its own (TZ): node zone-child.ts <seed> <days>.
const [seed, days] = process.argv.slice(2).map(Number);
const report = await simulateZone({ zone: process.env.TZ!, seed: seed!, days: days! });
// Ended when all is written, and not before; the time limits of jobs that a simulated kill took away would keep it waiting.
process.stdout.write(JSON.stringify(report), () => process.exit(0));
