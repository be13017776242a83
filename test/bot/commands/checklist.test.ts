import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommand } from '../../../bot/commands/run-command.ts';
import { CHECKS, type Check, keepChecklist } from '../../../core/posture.ts';
import { sayCheck } from '../../../core/wording/checklist/say-check.ts';
import { asRead, found } from '../../../ops/posture/line.ts';
import { NOW } from '../../core/sqlite/temporary-state.ts';
import { COMMANDS } from '../../ops/fixes/host-kinds.ts';
import { ADA, type Household, openHousehold } from './household.ts';

let home: Household;
beforeEach(async () => {
  home = await openHousehold();
});
afterEach(() => home[Symbol.asyncDispose]());

async function checklist(args = '', language: 'en' | 'de' = 'en'): Promise<string> {
  const caller = { ...home.callerOf(ADA), language };
  return (await runCommand({ name: 'checklist', args, place: 'ops', caller }, home.services)).text;
}

const good = (id: Check['id']): Check => ({
  ...{
    id,
    verdict: 'pass',
    evidence: [asRead(`read of ${id}`)],
    why: null,
    fix: `mend ${id}`,
    readAt: NOW,
    lastKnown: 'pass',
  },
});

/** A checklist in which everything passes but what is named. */
function keep(bad: Partial<Record<Check['id'], Partial<Check>>> = {}, leftOut: Check['id'][] = []): void {
  const checks = CHECKS.filter((id) => !leftOut.includes(id)).map((id): Check => ({ ...good(id), ...bad[id] }));
  keepChecklist(home.state.control.facts, {
    at: NOW - 60_000,
    hostReadAt: NOW - 600_000,
    checks,
    leftOut,
    commands: COMMANDS,
  });
}

test('before the first time it says what judges it', async () => {
  expect(await checklist()).toContain('`!run checklist`');
});

/** What another version has kept, in its own shape. */
const keepAsOther = (text: string) => home.state.control.facts.set('checklist', text);

test('a checklist of an earlier version, whose evidence is a text, is shown with that text', async () => {
  const checks = [
    { ...good('kernel'), verdict: 'fail', evidence: 'sysctl: kptr_restrict 0' },
    { ...good('swap'), verdict: 'unknown', why: 'failed', evidence: '' },
  ];
  keepAsOther(JSON.stringify({ at: NOW, hostReadAt: NOW, checks, leftOut: [] }));
  expect(await checklist()).toContain('`sysctl: kptr_restrict 0`');
});

test.each([
  [
    'a line that this version does not know',
    JSON.stringify({ at: NOW, hostReadAt: NOW, checks: [{ ...good('kernel'), id: 'moon' }], leftOut: [] }),
  ],
  [
    'evidence of another shape',
    JSON.stringify({ at: NOW, hostReadAt: NOW, checks: [{ ...good('kernel'), evidence: { text: 'x' } }], leftOut: [] }),
  ],
  ['no list', '{}'],
  ['half of a text', '{"at":'],
])('a kept checklist with %s is taken for none', async (_what, text) => {
  keepAsOther(text);
  expect(await checklist()).toContain('`!run checklist`');
});

test('what fails comes first with what was read and what mends it; then what is not known, by its reason', async () => {
  keep({
    kernel: { verdict: 'fail' },
    'ssh-no-root': { verdict: 'fail', evidence: [asRead('sshd -T: permitrootlogin yes')] },
    vpn: { verdict: 'unknown', why: 'no-program', evidence: [asRead('wireguard')] },
    swap: { verdict: 'unknown', why: 'no-program', evidence: [asRead('swaps')] },
    tls: { verdict: 'unknown', why: 'failed', evidence: [] },
  });
  const lines = (await checklist()).split('\n');
  expect(lines[0]).toBe(
    `**2 lines fail, 3 lines are not known, ${CHECKS.length - 5} lines pass.** Judged 1 min ago, from what the host said 10 mins ago. What is not known may stand open: it counts as not passed.`,
  );
  expect(lines.slice(2, 6)).toEqual([
    '- ✗ **Root login disabled**: `sshd -T: permitrootlogin yes`. To mend it: `mend ssh-no-root`',
    '- ✗ **The kernel’s settings are hardened**: `read of kernel`. To mend it: `mend kernel`',
    '- ? **Not known, because the host has no program that could tell:** VPN access (Tailscale or WireGuard); Swap encrypted, or none.',
    '- ? **Not known, because it could not be read:** HTTPS with valid certificate.',
  ]);
  expect(lines.join('\n')).not.toContain('✓');
  expect(lines.at(-1)).toBe('`!checklist all` shows every line, `!run checklist` looks anew.');
});

test('all that waits for the host helper is one line, with what to do', async () => {
  const waits = Object.fromEntries(
    CHECKS.slice(0, 39).map((id) => [id, { verdict: 'unknown', why: 'no-helper' }] as const),
  );
  keep(waits);
  const english = (await checklist()).split('\n').filter((line) => line.startsWith('- '));
  expect(english).toEqual([
    expect.stringMatching(/^- \? \*\*39 lines wait for the host helper:\*\* there is no host helper.*`host.spoolDir/),
  ]);
  const german = (await checklist('', 'de')).split('\n').filter((line) => line.startsWith('- '));
  expect(german).toEqual([
    expect.stringMatching(
      /^- \? \*\*39 Zeilen warten auf den Host-Helfer:\*\* es gibt keinen .*`\/opt\/kinkeeper\/ops\/host\/install`/,
    ),
  ]);
});

test('all: every line with its mark; what is not known has none of a pass', async () => {
  keep({ time: { verdict: 'unknown', why: 'old', evidence: [] }, reboot: { verdict: 'fail' } }, ['docker-group']);
  const text = await checklist('all');
  for (const id of CHECKS.filter((one) => one !== 'docker-group')) {
    const mark = id === 'time' ? '?' : id === 'reboot' ? '✗' : '✓';
    expect(
      text.split('\n').filter((line) => line.startsWith(`- ${mark}`) && line.includes(sayCheck('en', id))),
    ).toHaveLength(1);
  }
  expect(text).toContain('- ? **The clock is kept right**: not known, the host helper looked too long ago');
  expect(text).toContain('1 line about Docker does not concern this host');
});

test('what was read is shown whole where that fits in a message', async () => {
  const paths = Array.from({ length: 4 }, (_, index) => `/srv/kinkeeper/a-folder-with-a-long-name/${index}`);
  const evidence = paths.map((path) => found('file.mode', { path, mode: '644', uid: 1001 }));
  keep({ 'file-modes': { verdict: 'fail', evidence } });
  for (const language of ['en', 'de'] as const)
    for (const args of ['', 'all']) for (const path of paths) expect(await checklist(args, language)).toContain(path);
});

test('the longest that all of it can be still is one message', async () => {
  keep(Object.fromEntries(CHECKS.map((id) => [id, { verdict: 'fail', evidence: [asRead('x'.repeat(240))] }])));
  for (const language of ['en', 'de'] as const)
    for (const args of ['', 'all'])
      expect(Buffer.byteLength(await checklist(args, language)), args).toBeLessThan(10_000);
});

test('in German, with its own words, also for what was read and what is typed', async () => {
  const plain = { path: '/srv/kinkeeper', source: '/dev/vda1', target: '/' };
  keep({
    'ssh-no-root': { verdict: 'fail' },
    vpn: { verdict: 'unknown', why: 'other-key' },
    'volume-encryption': { verdict: 'fail', evidence: [found('volume.plain', plain)] },
    backups: { verdict: 'fail', evidence: [found('backups.unproven', { count: 12 })], fix: '!run drill' },
    tls: { verdict: 'fail', fix: 'tls.sh take /srv/kinkeeper/tls CHAIN KEY' },
  });
  const text = await checklist('', 'de');
  expect(text).toContain('`/srv/kinkeeper liegt auf /dev/vda1 (/), unverschlüsselt`');
  expect(text).toContain(
    '`12 Sicherungen, keine durch Wiederherstellen bewiesen`. So kommt es in Ordnung: `!starte drill`',
  );
  expect(text).toContain('`tls.sh take /srv/kinkeeper/tls KETTE SCHLÜSSEL`');
  expect(text).toContain('**4 Zeilen stimmen nicht, 1 ist unbekannt,');
  expect(text).toContain('Keine Anmeldung als root');
  expect(text).toContain('exec ops kinkeeper checklist --trust-key`');
});
