import { readCall } from './command-line.ts';
import { hostileCampaign } from './hostile-campaign.ts';

// `npm run prove:hostile -- [--seed S] [--scale N] [--data folder] [--json]`
process.exit(await main());

async function main(): Promise<number> {
  let call: ReturnType<typeof readCall>;
  try {
    call = readCall(process.argv.slice(2), 'data');
  } catch (error) {
    console.error(`${(error as Error).message}\nusage: [--seed S] [--scale N] [--data folder] [--json]`);
    return 2;
  }
  const { seed, scale, data, json } = call;
  console.log(`seed ${seed}, scale ${scale}`);
  const { ok, figures, folder } = await hostileCampaign({ seed, scale, data, say: (line) => console.log(line) });
  const report = { ok, figures };
  console.log(json ? JSON.stringify(report) : JSON.stringify(report, null, 2));
  if (!ok) console.error(`seed ${seed} failed; files that did harm: ${folder}`);
  return ok ? 0 : 1;
}
