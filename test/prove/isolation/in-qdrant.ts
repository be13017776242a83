import { qdrantIndex } from '../../core/qdrant/qdrant-bench.ts';
import { type GivenQdrant, startQdrant, type TestQdrant } from '../../lab/qdrant/start-qdrant.ts';
import { type IsolationFigures, type IsolationOptions, isolationCampaign } from '../isolation-campaign.ts';
import { CANARY } from './random.ts';

/** As `IsolationFigures`; `foreignWords` also counts words that the server was sent in the clear. */
export interface IndexedFigures extends IsolationFigures {
  readonly server: TestQdrant['kind'];
  readonly requests: number;
  /** Searches that the server was asked for: what was lent is looked up in the files, and then all is. */
  readonly searches: number;
  readonly bytesSent: number;
}

/** The same campaign with passages in a Qdrant: everything that the server was sent is read as well. */
export async function isolationInQdrant(
  options: Omit<IsolationOptions, 'indexed'>,
  given?: GivenQdrant,
): Promise<IndexedFigures> {
  await using server = await startQdrant(given);
  const figures = await isolationCampaign({
    ...options,
    indexed: (state) => qdrantIndex(state, server, { model: undefined }),
  });
  const { received, kind } = server;
  const searches = received.filter((line) => /^POST \S+\/points\/query\/batch/.test(line.toString('latin1'))).length;
  const read = received.reduce((sum, bytes) => sum + [...bytes.toString('latin1').matchAll(CANARY)].length, 0);
  if (read > 0) options.say(`${read} words of papers were sent to the index in the clear`);
  return {
    ...{ ...figures, foreignWords: figures.foreignWords + read },
    ...{
      server: kind,
      requests: received.length / 2,
      searches,
      bytesSent: received.reduce((sum, { length }) => sum + length, 0),
    },
  };
}
