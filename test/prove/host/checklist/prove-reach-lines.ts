import { createServer } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Check, CheckId } from '../../../../core/posture.ts';
import { sayEvidence } from '../../../../core/wording/checklist/evidence/say-evidence.ts';
import { judgeOwn } from '../../../../ops/posture/own-line.ts';
import { reachLines } from '../../../../ops/posture/reach-lines.ts';
import { listen } from '../../../listen.ts';
import { IN_DOCKER } from '../../../ops/fixes/host-kinds.ts';
import type { MeasureResult } from '../measure-proof.ts';
import { resultOf } from './prove-checklist.ts';
import { freePort, ReachServers, type Served } from './reach-servers.ts';
import { alarms } from './run-lanes.ts';
import { emptyTally } from './scenario.ts';

const ON = 'return 301 https://localhost$request_uri;';
const shown = (days: number, name = 'localhost', authority: 'known' | 'strange' = 'known'): Served => ({
  shown: { days, name, authority },
  plain: ON,
});

const SCENES: readonly (readonly [CheckId, 'pass' | 'fail', string, Served])[] = [
  ['tls', 'fail', 'a certificate that is over', shown(-1)],
  ['tls', 'pass', 'a certificate that counts', shown(60)],
  ['tls', 'fail', 'one of another name', shown(60, 'other.example')],
  ['tls', 'fail', 'one of an authority that nobody knows', shown(60, 'localhost', 'strange')],
  ['tls', 'fail', 'one that ends in days', shown(5)],
  ['http-redirect', 'fail', 'plain HTTP serves', { plain: "return 200 'hello';" }],
  ['http-redirect', 'pass', 'plain HTTP sends on', { plain: ON }],
  [
    'http-redirect',
    'fail',
    'the first page sends on, Matrix is served',
    { plain: `location = / { ${ON} } location / { return 200 '{}'; }` },
  ],
  ['http-redirect', 'fail', 'plain HTTP sends on to plain HTTP', { plain: 'return 301 http://localhost/x;' }],
  ['http-redirect', 'fail', 'plain HTTP sends to somebody else', { plain: 'return 301 https://other.example/;' }],
  ['http-redirect', 'pass', 'nobody speaks plain HTTP', {}],
];

/** The lines that ops reads by going to the public name, with a real nginx. */
export async function proveReachLines(name: string): Promise<MeasureResult> {
  const began = Date.now();
  const tally = emptyTally();
  const servers = new ReachServers();
  const known = getCACertificates('default');
  setDefaultCACertificates([...known, servers.authority]);
  const judge = (id: CheckId, served: Served, closed: readonly number[] = []) =>
    servers.serve(served, async (ports) => {
      const lines = reachLines({ host: 'localhost', ...ports, closed }).filter((line) => line.id === id);
      const [judged] = await judgeOwn(lines, {
        now: Date.now(),
        host: IN_DOCKER,
        onFailure: () => {},
      });
      tally.looks++;
      return { ...judged!, lastKnown: null } satisfies Check;
    });
  const note = (id: CheckId, wanted: 'pass' | 'fail', { what, check }: { what: string; check: Check }) => {
    if (wanted === 'pass') alarms([id], new Map([[id, check]]), { tally, when: what });
    else if (check.verdict === 'fail') {
      tally.failed.add(id);
      tally.fails++;
    } else
      (check.verdict === 'pass' ? tally.falseTicks : tally.wrong).push(
        `${id}: ${what}: ${check.verdict} ${sayEvidence('en', check.evidence)}`,
      );
  };
  try {
    for (const [id, wanted, what, served] of SCENES) note(id, wanted, { what, check: await judge(id, served) });
    const server = createServer((socket) => socket.destroy());
    const open = await listen(server);
    const closed = await freePort();
    note('closed-ports', 'fail', {
      what: 'a database that answers',
      check: await judge('closed-ports', {}, [closed, open]),
    });
    await new Promise((resolve) => server.close(resolve));
    note('closed-ports', 'pass', { what: 'nothing answers', check: await judge('closed-ports', {}, [closed, open]) });
  } finally {
    setDefaultCACertificates(known);
    servers.remove();
  }
  return resultOf(name, tally, began);
}
