import { type GivenQdrant, REAL_QDRANT } from '../lab/qdrant/start-qdrant.ts';
import { readCall } from './command-line.ts';
import { isolationInQdrant } from './isolation/in-qdrant.ts';
import { isolationCampaign } from './isolation-campaign.ts';

// `npm run prove:isolation -- --seed S --scale N --json`: people, family rooms and lent papers do 100,000 things at random
// at scale 1, and every answer is searched for words of others. The last line is one object; exit code 0 when there are
// none. With KINKEEPER_TEST_QDRANT (path of a Qdrant program) a tenth of it again with passages there. With `--qdrant stand-in`
// or `--qdrant <url>` (its API key in KINKEEPER_TEST_QDRANT_KEY) all of it with passages in that one, and nothing else.

const OPERATIONS = 100_000;
const INDEXED_SHARE = 0.1;

const { seed, scale, json, qdrant } = readCall(process.argv.slice(2), 'qdrant');
console.log(`seed ${seed}, scale ${scale}`);
const say = (line: string) => console.error(line);
const started = Date.now();
const operations = Math.ceil(OPERATIONS * scale);
const files = qdrant === undefined ? await isolationCampaign({ seed, operations, say }) : undefined;
const index = await withIndex();
const seconds = Math.round((Date.now() - started) / 1000);
const figures = { seed, scale, seconds, ...(files && { files }), ...(index && { index }) };
const ok = [files, index].every((found) => !found || (found.foreignWords === 0 && found.faults === 0));
console.log(json ? JSON.stringify({ ok, figures }) : JSON.stringify({ ok, figures }, null, 2));
process.exitCode = ok ? 0 : 1;

async function withIndex() {
  if (qdrant !== undefined) return isolationInQdrant({ seed, operations, say }, givenQdrant(qdrant));
  return REAL_QDRANT ? isolationInQdrant({ seed, operations: Math.ceil(operations * INDEXED_SHARE), say }) : undefined;
}

function givenQdrant(where: string): GivenQdrant | undefined {
  if (where === 'stand-in') return undefined;
  const apiKey = process.env.KINKEEPER_TEST_QDRANT_KEY;
  if (!URL.canParse(where) || !apiKey) {
    console.error(
      '--qdrant takes "stand-in", or the address of a Qdrant whose API key is in KINKEEPER_TEST_QDRANT_KEY',
    );
    process.exit(2);
  }
  return { url: where, apiKey };
}
