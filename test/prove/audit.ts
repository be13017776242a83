import { auditTampering } from './audit-tampering.ts';
import { runProof } from './run-proof.ts';

/** At scale 1. */
const TRIES = 10_000;

// `npm run prove:audit -- [--seed S] [--scale N] [--json]`: rows of audit trails changed, taken out, put in, changed about
// and made anew; each has to be detected and named. The last line is one object.
await runProof(async ({ seed, scale }) => {
  const figures = auditTampering({ seed, tries: Math.max(1, Math.round(TRIES * scale)) });
  return { ok: figures.wrong.length === 0, figures: { seed, scale, ...figures } };
});
