import { qdrantIndex } from '../core/qdrant/qdrant-bench.ts';
import { REAL_QDRANT, startQdrant } from '../lab/qdrant/start-qdrant.ts';
import { readCall } from './command-line.ts';
import { isolationCampaign } from './isolation-campaign.ts';

// `npm run prove:isolation -- --seed S --scale N --json`: people, family rooms and lent papers do 100,000 things at random
// at scale 1, and every answer is searched for words of others. The last line is one object; exit code 0 when there are
// none. With KINKEEPER_TEST_QDRANT a tenth of it again with passages in that Qdrant.

const OPERATIONS = 100_000;
const INDEXED_SHARE = 0.1;

const { seed, scale, json } = readCall(process.argv.slice(2));
console.log(`seed ${seed}, scale ${scale}`);
const say = (line: string) => console.error(line);
const started = Date.now();
const files = await isolationCampaign({ seed, operations: Math.ceil(OPERATIONS * scale), say });
const index = REAL_QDRANT ? await withQdrant() : undefined;
const seconds = Math.round((Date.now() - started) / 1000);
const figures = { seed, scale, seconds, files, ...(index && { index }) };
const ok = [files, index].every((found) => !found || (found.foreignWords === 0 && found.faults === 0));
console.log(json ? JSON.stringify({ ok, figures }) : JSON.stringify({ ok, figures }, null, 2));
process.exitCode = ok ? 0 : 1;

async function withQdrant() {
  const server = await startQdrant();
  try {
    const indexed = (state: Parameters<typeof qdrantIndex>[0]) => qdrantIndex(state, server, { model: undefined });
    return await isolationCampaign({ seed, operations: Math.ceil(OPERATIONS * scale * INDEXED_SHARE), say, indexed });
  } finally {
    await server[Symbol.asyncDispose]();
  }
}
