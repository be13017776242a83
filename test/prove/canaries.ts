import { canaryCampaign } from './canaries/canary-campaign.ts';
import { readCall } from './command-line.ts';

// `npm run prove:canaries -- [--seed S] [--scale N] [--json]`: a life in which every private word is a canary, looked for
// wherever anybody but its owner could see it. The last line is one object; exit code 0 when none was found.
process.exit(await main());

async function main(): Promise<number> {
  let call: ReturnType<typeof readCall>;
  try {
    call = readCall(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\nusage: [--seed S] [--scale N] [--json]`);
    return 2;
  }
  const { seed, scale, json } = call;
  console.log(`seed ${seed}, scale ${scale}`);
  const { ok, figures } = await canaryCampaign({ seed, scale, say: (line) => console.error(line) });
  const report = { ok, figures: { seed, scale, ...figures } };
  console.log(json ? JSON.stringify(report) : JSON.stringify(report, null, 2));
  return ok ? 0 : 1;
}
