import { runProof } from './run-proof.ts';
import { proveSchedules } from './schedule-campaign.ts';

// `npm run prove:schedule -- [--seed S] [--scale N] [--json]`: two years of schedules in zones with all kinds of clock changes,
// with clocks that jump, full disks, kills, stops, requests and wishes to cancel, beside an oracle that shares no code with the
// runner. The last line is one object.
await runProof(async ({ seed, scale }) => {
  const figures = await proveSchedules({ seed, scale });
  return { ok: figures.wrong.length === 0, figures: { seed, scale, ...figures } };
});
