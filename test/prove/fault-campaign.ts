import { randomStream } from '../bot/random.ts';
import { type Fault, type FaultProxy, type FaultRule, startFaultProxy } from '../lab/fault-proxy.ts';
import { listRooms } from '../lab/reader.ts';
import { type CampaignOptions, Family } from './family.ts';
import { Traffic } from './traffic.ts';
import { isClean, type Verdict } from './verdict.ts';

/** What a fault campaign did and what the readers found. */
export interface FaultReport {
  readonly campaign: 'faults';
  readonly seed: number;
  readonly scale: number;
  readonly seconds: number;
  /** How often each fault was injected between the bot and the homeserver. */
  readonly faults: Readonly<Record<Fault, number>>;
  readonly requests: number;
  /** Sends that the bot repeated under the same transaction id, because it could not know whether they had arrived. */
  readonly repeatedSends: number;
  /** Sends in the clear to an encrypted room, by the proxy's record: also those that never arrived. */
  readonly plainSends: number;
  readonly verdict: Verdict;
  readonly clean: boolean;
  /** Where state and log of a failed run lie. */
  readonly folder: string;
}

const FAULTS_AT_SCALE_ONE = 200;
/** Things on their way at once: as much as a family at a table would send. */
const ROUND = 8;
const ROUNDS_PER_VISIT = 6;
const LONGEST_ROUND_MS = 180_000;
/** Rounds beyond the quota, in case the faults are not used up by then. */
const EXTRA_ROUNDS = 40;

/** Kinds of fault, the path that the first share of each strikes, and that share's chance at a fitting request. */
const PLAN: readonly { fault: Fault; path: RegExp; share: number }[] = [
  { fault: 'too-many-requests', path: /\/send\//, share: 0.08 },
  { fault: 'bad-gateway', path: /\/send\//, share: 0.06 },
  { fault: 'no-backend', path: /\/send\/|\/media\//, share: 0.06 },
  { fault: 'reset-before', path: /\/send\//, share: 0.06 },
  { fault: 'reset-after', path: /\/send\//, share: 0.12 },
  { fault: 'hang', path: /\/send\//, share: 0.06 },
  { fault: 'truncated', path: /\/send\/|\/sync\?/, share: 0.06 },
  { fault: 'repeated-sync', path: /\/sync\?/, share: 0.12 },
  { fault: 'slow', path: /\/send\/|\/sync\?/, share: 0.06 },
];
/** Any request may meet the rest of a kind, at this chance. Media are left out of truncation: a cut file is told as damaged, not retried. */
const ANYWHERE = 0.025;

/**
 * Lets a family talk to the bot through a proxy that breaks things, and counts from outside what came of every message.
 * Throws when the faults could not be used up.
 */
export async function faultCampaign(options: CampaignOptions): Promise<FaultReport> {
  const { seed, scale, say } = options;
  const started = performance.now();
  const [drawing, choosing] = [seed + 1, seed + 2].map(randomStream) as [() => number, () => number];
  const traffic = new Traffic(drawing, { messages: Math.round(200 * scale), files: Math.round(20 * scale) });
  let proxy: FaultProxy | undefined;
  const family = await Family.prepare(options, choosing, async (upstream) => {
    proxy = await startFaultProxy({ upstream, seed, hangMs: 1500, slowMs: 700, retryAfterMs: 1000 });
    return proxy.url;
  });
  const wires = proxy!;
  let verdict: Verdict | undefined;
  let clean = false;
  try {
    say(`household in ${family.home.dir}`);
    family.startBot();
    await family.gather(traffic);
    wires.setRules(rules(Math.round(FAULTS_AT_SCALE_ONE * scale)));
    await talk(family, traffic, { wires, wanted: Math.round(FAULTS_AT_SCALE_ONE * scale), say });
    wires.setRules([]);
    verdict = await family.judge(LONGEST_ROUND_MS, 9999);
    const plainSends = await countPlainSends(family, wires);
    clean = isClean(verdict) && plainSends === 0;
    return {
      campaign: 'faults',
      seed,
      scale,
      seconds: Math.round((performance.now() - started) / 1000),
      faults: { ...wires.injected },
      requests: wires.requests,
      repeatedSends: wires.sends.length - new Set(wires.sends.map((send) => `${send.roomId} ${send.txnId}`)).size,
      plainSends,
      verdict,
      clean,
      folder: family.home.dir,
    };
  } catch (error) {
    const faults = JSON.stringify(wires.injected);
    throw new Error(`${(error as Error).message}\nfaults until then: ${faults}\nstate and log: ${family.home.dir}`, {
      cause: error,
    });
  } finally {
    await family.close({ keep: !clean });
    await wires.stop();
  }
}

/** An equal number of each kind: half of it where it hurts most, the rest anywhere. */
function rules(wanted: number): FaultRule[] {
  const each = Math.ceil(wanted / PLAN.length);
  const first = Math.ceil(each / 2);
  return PLAN.flatMap(({ fault, path, share }) => [
    { fault, path, share, times: fault === 'repeated-sync' ? each : first },
    ...(fault === 'repeated-sync' ? [] : [{ fault, path: anywhere(fault), share: ANYWHERE, times: each - first }]),
  ]);
}

function anywhere(fault: Fault): RegExp {
  return fault === 'truncated' ? /^(?!.*\/media\/)/ : /./;
}

/** Rounds of messages, each answered before the next, until quota and faults are used up or an answer is missing. */
async function talk(
  family: Family,
  traffic: Traffic,
  { wires, wanted, say }: { wires: FaultProxy; wanted: number; say: (line: string) => void },
): Promise<void> {
  const injected = () => Object.values(wires.injected).reduce((sum, count) => sum + count, 0);
  let extra = 0;
  for (let round = 1; traffic.left > 0 || injected() < wanted; round += 1) {
    if (traffic.left === 0) extra += 1;
    if (extra > EXTRA_ROUNDS) throw new Error(`only ${injected()} of ${wanted} faults were injected`);
    if (round % ROUNDS_PER_VISIT === 1) family.visit();
    for (let i = 0; i < ROUND; i += 1) family.post(traffic.next());
    try {
      await family.allAnswered(LONGEST_ROUND_MS);
    } catch {
      say(`round ${round} was not answered in time; the readers will say what is missing`);
      return;
    }
    if (round % 5 === 0) say(`round ${round}: ${injected()} of ${wanted} faults`);
  }
}

async function countPlainSends(family: Family, wires: FaultProxy): Promise<number> {
  const encrypted = new Set(
    (await listRooms(family.synapse)).filter((room) => room.encryption !== null).map((room) => room.room_id),
  );
  return wires.sends.filter(({ roomId, type }) => encrypted.has(roomId) && type === 'm.room.message').length;
}
