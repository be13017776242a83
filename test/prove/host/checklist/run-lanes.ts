import type { Check, CheckId } from '../../../../core/posture.ts';
import { sayEvidence } from '../../../../core/wording/checklist/evidence/say-evidence.ts';
import type { JudgedHost } from './judged-host.ts';
import type { Lane, Scenario, Tally } from './scenario.ts';

/**
 * Makes one scenario of each lane at a time, puts back the one before, and looks: each line has to say what is wanted, no other line may fail, and an
 * alert has to tell of each that fails. At the end all of `sound` has to pass again.
 */
export async function runLanes(
  host: JudgedHost,
  lanes: readonly Lane[],
  { sound, tally }: { readonly sound: readonly CheckId[]; readonly tally: Tally },
): Promise<void> {
  const rounds = Math.max(...lanes.map((lane) => lane.length));
  for (let round = 0; round <= rounds; round++) {
    const scenes = lanes.flatMap((lane) => lane[round] ?? []);
    const past = lanes.flatMap((lane) => lane[round - 1] ?? []);
    const scripts = [...past.map((one) => scriptOf(one, 'mend')), ...scenes.map((one) => scriptOf(one, 'make'))];
    tally.wrong.push(...(await host.run(scripts)));
    const checks = await looked(host, tally);
    console.log(`round ${round} of ${rounds}, ${Math.round(process.uptime())} s`);
    judgeRound(scenes, checks, { sound, tally, told: host.drifted() });
    sayNew(tally);
  }
}

/** What went wrong since it was last said: a campaign takes its time. */
function sayNew(tally: Tally): void {
  const all = [...tally.falseTicks, ...tally.falseAlarms, ...tally.wrong];
  for (const one of all.filter((known) => !tally.said.has(known))) {
    tally.said.add(one);
    console.log(`  ${one}`);
  }
}

function scriptOf({ id, name, isBeside, ...scripts }: Scenario, act: 'make' | 'mend') {
  return { name: `${act} ${id}: ${name}`, script: scripts[act], ...(isBeside && { isBeside }) };
}

function judgeRound(
  scenes: readonly Scenario[],
  checks: ReadonlyMap<CheckId, Check>,
  {
    sound,
    tally,
    told,
  }: { readonly sound: readonly CheckId[]; readonly tally: Tally; readonly told: readonly string[] },
): void {
  for (const scene of scenes) judge(scene, checks.get(scene.id), tally);
  const bad = scenes.flatMap(({ id, also = [], wanted }) => [...(wanted === 'pass' ? [] : [id]), ...also]);
  const when = `with ${scenes.map(({ name }) => name).join(' + ')}`;
  alarms(
    sound.filter((id) => !bad.includes(id)),
    checks,
    { tally, when },
  );
  for (const { id, wanted = 'fail' } of scenes)
    if (wanted === 'fail' && checks.get(id)?.verdict === 'fail' && !told.includes(id))
      tally.wrong.push(`no alert tells of ${id}`);
}

/** Looks, counted. */
export async function looked(host: JudgedHost, tally: Tally): Promise<ReadonlyMap<CheckId, Check>> {
  const { checks } = await host.look();
  tally.looks++;
  return checks;
}

/** Each of these has to pass. */
export function alarms(
  ids: readonly CheckId[],
  checks: ReadonlyMap<CheckId, Check>,
  { tally, when }: { readonly tally: Tally; readonly when: string },
): void {
  for (const id of ids) {
    const check = checks.get(id);
    if (check?.verdict === 'pass') {
      tally.passed.add(id);
      tally.passes++;
    } else tally.falseAlarms.push(`${id} ${says(check)}, ${when}`);
  }
}

function judge({ id, name, wanted = 'fail', fix = '' }: Scenario, check: Check | undefined, tally: Tally): void {
  if (check?.verdict === wanted || (wanted === 'no-pass' && check !== undefined && check.verdict !== 'pass')) {
    if (!check.fix.endsWith(fix)) tally.wrong.push(`${id}: ${name}: to be mended by ${check.fix}`);
    if (wanted === 'fail') {
      tally.failed.add(id);
      tally.fails++;
    }
  } else if (check?.verdict === 'pass') tally.falseTicks.push(`${id}: ${name}: ${sayEvidence('en', check.evidence)}`);
  else if (wanted === 'pass') tally.falseAlarms.push(`${id}: ${name}: ${says(check)}`);
  else tally.wrong.push(`${id}: ${name}: ${says(check)}`);
}

function says(check: Check | undefined): string {
  return check === undefined
    ? 'is not there'
    : `${check.verdict} ${check.why ?? ''} (${sayEvidence('en', check.evidence)})`;
}
