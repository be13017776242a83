import { readCall } from './command-line.ts';
import { tamperCampaign } from './tamper-campaign.ts';

// `npm run prove:tamper -- [--seed S] [--scale N] [--json]`; the last line is one object.
let call: ReturnType<typeof readCall>;
try {
  call = readCall(process.argv.slice(2));
} catch (error) {
  console.error(`${(error as Error).message}\nusage: [--seed S] [--scale N] [--json]`);
  process.exit(2);
}
console.log(`seed ${call.seed}, scale ${call.scale}`);
const report = await tamperCampaign({ ...call, say: (line) => console.log(line) });
console.log(call.json ? JSON.stringify(report) : JSON.stringify(report, null, 2));
process.exit(report.ok ? 0 : 1);
