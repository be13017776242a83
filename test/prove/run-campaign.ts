import { labHas } from '../lab/python-child.ts';
import { readCall } from './command-line.ts';
import type { CampaignOptions } from './family.ts';

/** What every campaign reports. */
interface Report {
  readonly clean: boolean;
  readonly folder: string;
}

/**
 * The whole of a campaign's entry file: reads the command line, runs it, prints the report (with `--json` its last line
 * is one object) and ends the process: 0 when nothing was lost, doubled or in the clear, 1 when something was, 2 for usage.
 */
export async function runCampaign(campaign: (options: CampaignOptions) => Promise<Report>): Promise<never> {
  let call: ReturnType<typeof readCall>;
  try {
    call = readCall(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\nusage: [--seed S] [--scale N] [--json]`);
    process.exit(2);
  }
  const { seed, scale, json } = call;
  console.log(`seed ${seed}, scale ${scale}`);
  try {
    const report = await campaign({
      seed,
      scale,
      nio: scale >= 0.5 && labHas('nio'),
      say: (line) => console.log(line),
    });
    console.log(json ? JSON.stringify(report) : JSON.stringify(report, null, 2));
    if (!report.clean) console.error(`seed ${seed} failed; state and log: ${report.folder}`);
    process.exit(report.clean ? 0 : 1);
  } catch (error) {
    console.error(`seed ${seed} failed: ${(error as Error).stack}`);
    process.exit(1);
  }
}
