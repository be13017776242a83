import { type CampaignCall, readCall } from './command-line.ts';

/**
 * The whole of a campaign's entry file: reads `[--seed S] [--scale N] [--json]`, runs it, prints the report (its last line is one
 * object with `--json`) and ends the process: 0 when all was as it should be, 1 when something was not, 2 for usage.
 */
export async function runProof<Report extends { readonly ok: boolean }>(
  campaign: (call: CampaignCall) => Promise<Report>,
  more?: 'only',
): Promise<never> {
  let call: CampaignCall;
  try {
    call = readCall(process.argv.slice(2), more);
  } catch (error) {
    console.error(
      `${(error as Error).message}\nusage: [--seed S] [--scale N] [--json]${more === undefined ? '' : ` [--${more} NAME]`}`,
    );
    process.exit(2);
  }
  console.log(`seed ${call.seed}, scale ${call.scale}`);
  const report = await campaign(call);
  console.log(call.json ? JSON.stringify(report) : JSON.stringify(report, null, 2));
  process.exit(report.ok ? 0 : 1);
}
