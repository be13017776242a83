import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Behaviour, ReleaseHost } from '../../ops/host/release-host.ts';

/** What the kills of one kind of version left. */
export interface HelperKillFigures {
  /** Calls of programs that the helper makes for the whole update: each is a place to be killed at. */
  readonly calls: number;
  readonly kills: number;
  /** Kills that came too late, because the helper makes a call fewer now and then. */
  readonly late: number;
  /** Ends in the old version with the old data, and in the new one. */
  readonly old: number;
  readonly new: number;
  /** Everything that was not as it has to be. */
  readonly broken: readonly string[];
}

interface KillPlan {
  readonly behaviour: Behaviour;
  readonly random: () => number;
  /** How many of the calls are killed; all of them when there are no more. */
  readonly most: number;
}

const REQUEST = 'apply-release\nversion=0.2.0\n';

/**
 * The real script updates stand-in services and is killed by SIGKILL at one of its calls of a program; half of the times the machine stops with
 * it, and starts again. Sometimes what resumes is killed once more. In the end there is one version with its own data, and nobody
 * ever served from anything else.
 */
export async function killHelper({ behaviour, random, most }: KillPlan): Promise<HelperKillFigures> {
  const calls = await countCalls(behaviour);
  const places = pick(calls, most, random);
  const broken: string[] = [];
  const ends = { old: 0, new: 0, late: 0 };
  for (const place of places) {
    const again = random() < 0.3 ? 1 + Math.floor(random() * 60) : 0;
    const isBoot = random() < 0.5;
    const name = `${behaviour} killed at call ${place}${isBoot ? ' with the machine' : ''}${again > 0 ? ` and again at ${again}` : ''}`;
    const { end, isLate, faults } = await killedOnce({ behaviour, place, again, isBoot });
    if (isLate) ends.late += 1;
    if (end !== undefined) ends[end] += 1;
    broken.push(...faults.map((fault) => `${name}: ${fault}`));
  }
  return { calls, kills: places.length, ...ends, broken };
}

async function countCalls(behaviour: Behaviour): Promise<number> {
  const stage = new ReleaseHost(behaviour);
  try {
    stage.host.killAt(0);
    stage.host.leave('u1', REQUEST);
    await stage.host.runToKill('serve');
    return stage.host.killNoMore();
  } finally {
    stage.remove();
  }
}

async function killedOnce(kill: { behaviour: Behaviour; place: number; again: number; isBoot: boolean }) {
  const stage = new ReleaseHost(kill.behaviour);
  try {
    const before = { print: stage.fingerprint(), data: await stage.servedFrom() };
    stage.host.killAt(kill.place);
    stage.host.leave('u1', REQUEST);
    const isLate = (await stage.host.runToKill('serve')) === undefined;
    stage.host.killNoMore();
    if (kill.isBoot) await stage.bootServices();
    if (kill.again > 0) {
      stage.host.killAt(kill.again);
      await stage.host.runToKill('resume');
      stage.host.killNoMore();
    }
    await stage.host.runToKill('resume');
    return { isLate, ...(await judge(stage, before)) };
  } finally {
    stage.remove();
  }
}

async function judge(
  stage: ReleaseHost,
  before: { print: string; data: string },
): Promise<{ end: 'old' | 'new' | undefined; faults: string[] }> {
  const { current, running, state } = stage;
  const end = current === '0.1.0' ? 'old' : 'new';
  const faults: string[] = [];
  const must = (holds: boolean, fault: string) => void (holds || faults.push(fault));
  must(
    running.every((version) => version === current),
    `runs ${running.join(' and ')}, linked is ${current}`,
  );
  if (end === 'old') must(stage.fingerprint() === before.print, 'the data are not as before');
  else must(existsSync(join(state, 'migrated')), 'the new version has other data');
  for (const left of [
    join(state, 'update-trial'),
    join(stage.host.var, 'state-before.tar'),
    join(stage.host.var, 'update.journal'),
  ])
    must(!existsSync(left), `${left} is left`);
  const said = stage.host.answer('u1');
  must(said === undefined ? end === 'old' : (said[0] === 'ok') === (end === 'new'), `says ${said}, ends ${end}`);
  const after = await stage.servedFrom();
  const allowed = new Set([`0.1.0 ${before.data}`, ...(end === 'new' ? [`0.2.0 ${after}`] : [])]);
  for (const line of stage.served) must(allowed.has(line), `served ${line}`);
  return { end: faults.length === 0 ? end : undefined, faults };
}

/** `most` different numbers from 1 to `calls`, drawn; all of them in order when there are no more. */
function pick(calls: number, most: number, random: () => number): number[] {
  const all = Array.from({ length: calls }, (_, at) => at + 1);
  if (calls <= most) return all;
  const drawn: number[] = [];
  while (drawn.length < most) drawn.push(...all.splice(Math.floor(random() * all.length), 1));
  return drawn;
}
