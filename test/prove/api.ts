import { apiCampaign } from './api-campaign.ts';
import { runProof } from './run-proof.ts';

// `npm run prove:api -- [--seed S] [--scale N] [--json]`: 10,000 requests at scale 1, made of the description of the HTTP API, as
// described and spoilt, by two people with papers of their own: nothing breaks the server, every answer is as described, and
// none holds a word of the other. Then keys are guessed. Exit code 0 when all was so.

const CASES = 10_000;

await runProof(async ({ seed, scale }) => {
  const started = Date.now();
  const figures = await apiCampaign({ seed, cases: Math.ceil(CASES * scale), say: (line) => console.error(line) });
  const { guesses } = figures;
  const isSound = figures.serverErrors + figures.undescribed + figures.foreignWords + figures.wordsInLog === 0;
  const { schemathesis: other } = figures;
  const isAsDescribed = other === null || (!other.failed && other.serverErrors + other.foreignWords === 0);
  const isGuarded = guesses.opened + guesses.ownRefused + guesses.keysInLog === 0 && guesses.alerts === 1;
  const ok = isSound && isAsDescribed && isGuarded && figures.ownWords > 0 && guesses.slowed > guesses.tried;
  return { ok, figures: { seed, scale, seconds: Math.round((Date.now() - started) / 1000), ...figures } };
});
