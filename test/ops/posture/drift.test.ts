import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OpenState } from '../../../core/control.ts';
import { countChecks, readChecklist } from '../../../core/posture.ts';
import { sayAlert } from '../../../core/wording/alerts/say-alert.ts';
import { sayMend } from '../../../core/wording/checklist/say-check.ts';
import type { HostKind } from '../../../ops/fixes/host-kind.ts';
import { makeChecklist } from '../../../ops/posture/make-checklist.ts';
import type { Posture } from '../../../ops/posture/posture-shape.ts';
import type { SeenHost } from '../../../ops/posture/read-posture.ts';
import { tellDrift } from '../../../ops/posture/tell-drift.ts';
import { IN_DOCKER } from '../fixes/host-kinds.ts';
import { openTestState } from '../open-test-state.ts';
import { postureOf, READ_AT } from './good-host.ts';

let state: OpenState;
let remove: () => void;
beforeEach(async () => {
  ({ state, remove } = await openTestState(() => READ_AT));
});
afterEach(() => remove());

async function judge(seen: Posture | SeenHost) {
  const before = readChecklist(state.control.facts);
  const given = 'probes' in seen ? { posture: seen } : seen;
  const checklist = await makeChecklist({
    seen: given,
    own: [],
    here: IN_DOCKER,
    before,
    now: READ_AT,
    onFailure: () => {},
  });
  tellDrift(checklist, { ...state.control, before });
  return checklist;
}

/** Alerts that are open, each by code and line. */
const open = () => state.control.alerts.open().map(({ code, facts }) => `${code} ${facts.line ?? facts.count}`);
const BAD_TIME = postureOf({ time: 'synchronised=no\n' });
const NO_TIME = postureOf({ time: 'perhaps\n' });

test('a line that passed and fails is told once, and that it passes again', async () => {
  await judge(postureOf());
  expect(open()).toEqual([]);
  await judge(BAD_TIME);
  await judge(BAD_TIME);
  expect(open()).toEqual(['checklist-drift time']);
  const [alert] = state.control.alerts.open();
  expect(alert).toMatchObject({ repeats: 0, severity: 'warning' });
  expect(sayAlert('en', alert!)).toContain('“The clock is kept right”');
  expect(sayAlert('de', alert!)).toContain('„Die Uhr wird gestellt“');
  await judge(postureOf());
  expect(open()).toEqual([]);
  await judge(BAD_TIME);
  expect(open()).toEqual(['checklist-drift time']);
});

test('a line that fails from the beginning is shown, and is no drift', async () => {
  await judge(BAD_TIME);
  await judge(BAD_TIME);
  expect(open()).toEqual([]);
  expect(countChecks(readChecklist(state.control.facts)!)).toMatchObject({ fail: 1 });
});

test('lines that were known and are not are told as one, until they are known again', async () => {
  await judge(postureOf());
  const known = readChecklist(state.control.facts)!.checks.length;
  await judge({ why: 'old', at: READ_AT - 9_000_000 });
  await judge({ why: 'old', at: READ_AT - 9_000_000 });
  expect(open()).toEqual([`checklist-blind ${known}`]);
  expect(sayAlert('en', state.control.alerts.open()[0]!)).toContain('cannot be read any more');
  const { hostReadAt, checks } = readChecklist(state.control.facts)!;
  expect(hostReadAt).toBe(READ_AT - 9_000_000);
  expect(checks.every(({ verdict, why }) => verdict === 'unknown' && why === 'old')).toBe(true);
  await judge(postureOf());
  expect(open()).toEqual([]);
});

test('what passed, was not known, and fails then is drift all the same', async () => {
  await judge(postureOf());
  await judge(NO_TIME);
  await judge(BAD_TIME);
  expect(open()).toEqual(['checklist-drift time']);
  await judge(NO_TIME);
  expect(open()).toEqual(['checklist-drift time', 'checklist-blind 1']);
});

test('lines that were never known are no drift', async () => {
  await judge({ why: 'no-helper' });
  expect(open()).toEqual([]);
});

test('without Docker its lines are left out, unless the product runs in it', async () => {
  const { probes, at } = postureOf({ settings: postureOf().probes.settings!.text.replace('compose', 'releases') });
  const lacks = { code: 127, cut: false, text: '' };
  const without = await judge({ at, probes: { ...probes, docker: lacks, containers: lacks } });
  expect(without.leftOut).toContain('container-users');
  expect(without.checks.some(({ id }) => id.startsWith('container-') || id.startsWith('docker-'))).toBe(false);
  const compose = await judge({ at, probes: { ...postureOf().probes, docker: lacks, containers: lacks } });
  const { settings: _, ...untold } = probes;
  expect((await judge({ at, probes: { ...untold, docker: lacks } })).leftOut).not.toContain('container-users');
  expect(compose.checks.find(({ id }) => id === 'container-users')).toMatchObject({
    verdict: 'unknown',
    why: 'no-program',
  });
});

test('a host without systemd, or whose helper was never laid, is told so, and what is typed there', async () => {
  const blind = async (here: Partial<HostKind>) => {
    const { checks, commands } = await makeChecklist({
      ...{ seen: { why: 'no-posture' }, own: [], before: undefined, now: READ_AT, onFailure: () => {} },
      here: { ...IN_DOCKER, ...here },
    });
    return { whys: new Set(checks.map(({ why }) => why)), commands };
  };
  expect((await blind({})).whys).toEqual(new Set(['no-posture']));
  const { whys, commands } = await blind({ hasHelper: false, data: '/mnt/home' });
  expect(whys).toEqual(new Set(['no-helper']));
  expect(sayMend('en', 'no-helper', commands)).toContain('`/opt/kinkeeper/ops/host/install --data /mnt/home`');
  expect(sayMend('de', 'other-key', commands)).toContain(
    '`cd /opt/kinkeeper && docker compose exec ops kinkeeper checklist --trust-key`',
  );
  const none = await blind({ hasSystemd: false });
  expect(none.whys).toEqual(new Set(['no-systemd']));
  for (const language of ['en', 'de'] as const)
    expect(sayMend(language, 'no-systemd', none.commands)).toContain('`/opt/kinkeeper/ops/host/measures`');
});
