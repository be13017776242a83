import { auditTampering } from './audit-tampering.ts';
import { readCall } from './command-line.ts';

/** At scale 1. */
const TRIES = 10_000;

// `npm run prove:audit -- [--seed S] [--scale N] [--json]`: rows of audit trails changed, taken out, put in, changed about
// and made anew; each has to be detected and named. The last line is one object.
try {
  const { seed, scale, json } = readCall(process.argv.slice(2));
  console.log(`seed ${seed}, scale ${scale}`);
  const figures = auditTampering({ seed, tries: Math.max(1, Math.round(TRIES * scale)) });
  const report = { ok: figures.wrong.length === 0, figures: { seed, scale, ...figures } };
  console.log(json ? JSON.stringify(report) : JSON.stringify(report, null, 2));
  process.exitCode = report.ok ? 0 : 1;
} catch (error) {
  console.error(`${(error as Error).message}\nusage: [--seed S] [--scale N] [--json]`);
  process.exitCode = 2;
}
