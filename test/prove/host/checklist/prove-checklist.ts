import type { CheckId } from '../../../../core/posture.ts';
import { sayEvidence } from '../../../../core/wording/checklist/evidence/say-evidence.ts';
import type { HardenedMachine } from '../hardened-machine.ts';
import type { MeasureResult } from '../measure-proof.ts';
import { JudgedHost } from './judged-host.ts';
import { FIREWALL, LISTENING } from './lanes/firewall.ts';
import { ACCOUNTS, FAIL2BAN, FILES, HELPER, REBOOT, UPDATES, VPN_KEYS } from './lanes/host.ts';
import { SSH, SSH_MORE } from './lanes/ssh.ts';
import { alarms, looked, runLanes } from './run-lanes.ts';
import { emptyTally, type Tally } from './scenario.ts';

/**
 * As a rented server that has a gateway, an archive of packages that is empty, a key of a VPN, and no fail2ban that runs: Debian 12's does not as it is
 * packaged, Debian 13's does.
 */
const PREPARE = `set -e
ip route replace default via 10.98.0.2 dev eth1; ip -6 route replace default via fd98::2 dev eth1
mkdir -p /srv/kinkeeper/tls /srv/kinkeeper/state; mkdir -p /srv/kinkeeper/logs/nginx; : >/srv/kinkeeper/logs/nginx/refused.log; : >/srv/kinkeeper/tls/privkey.pem; chmod 644 /srv/kinkeeper/tls/privkey.pem
umask 022; printf '[Interface]\\nPrivateKey = x\\n' >/etc/wireguard/wg0.conf; chmod 644 /etc/wireguard/wg0.conf
: >/etc/apt/sources.list; rm -f /etc/apt/sources.list.d/*
systemctl -q disable --now apt-daily-upgrade.timer fail2ban.service`;

/** What really fetches lists and upgrades, as its timers start it. */
const RUN_APT =
  'rm -f /var/lib/apt/periodic/*; /usr/lib/apt/apt.systemd.daily update; /usr/lib/apt/apt.systemd.daily install; ls /var/lib/apt/periodic';

const MEASURES = ['ssh', 'firewall', 'fail2ban', 'updates', 'modes'];

/** Lines that hold once those measures are applied, and that a machine without a kernel of its own can show. */
const SOUND: readonly CheckId[] = [
  ...([
    'ssh-keys-only',
    'ssh-no-root',
    'ssh-read',
    'ssh-limits',
    'ssh-algorithms',
    'firewall',
    'firewall-ports',
    'listening',
  ] as const),
  ...(['fail2ban', 'updates', 'file-modes', 'vpn-keys', 'helper', 'accounts', 'reboot'] as const),
];
/** Of those, what fails on the server as it was rented. */
const BARE: readonly CheckId[] = [
  'ssh-keys-only',
  'ssh-no-root',
  'ssh-limits',
  'ssh-algorithms',
  'firewall',
  'firewall-ports',
  'fail2ban',
  'updates',
  'file-modes',
  'vpn-keys',
];

/** What no part here makes real, both ways, and why. */
const NOT_MADE = {
  'docker-confinement': 'the kernels of the laboratory have neither AppArmor nor SELinux: it never passes here',
  'container-data':
    'it passes with real containers; to fail it takes a disk of its own below them, else it is not known',
  'fail2ban, idle': 'fail2ban tells nobody that a jail was made to idle by hand',
  'secrets-as-files, isolation, document-encryption, audit-log, backups':
    'ops reads them from its own state: test/ops/posture/own-lines.test.ts, with real stores',
};

/** Each line that is read from the host: failing on a bare one, passing on a hardened one, failing for each fault, and again after the undo. */
export async function proveChecklist(machine: HardenedMachine, name: string): Promise<MeasureResult> {
  const began = Date.now();
  const tally = emptyTally();
  const host = await JudgedHost.of(machine);
  try {
    await machine.configure({ compose_env: '/opt/kinkeeper/.env', state_dir: '/srv/kinkeeper/state' });
    await machine.vm.must(PREPARE);
    fails(BARE, await looked(host, tally), { tally, when: 'on a bare server' });
    for (const measure of MEASURES) {
      const { code, out } = await machine.harden('apply', measure);
      if (code !== 0) tally.wrong.push(`apply ${measure}: ${out}`);
    }
    await machine.harden('confirm', 'ssh firewall');
    await machine.vm.must(RUN_APT);
    alarms(SOUND, await looked(host, tally), { tally, when: 'once hardened' });
    await runLanes(
      host,
      [SSH, SSH_MORE, FIREWALL, LISTENING, FAIL2BAN, UPDATES, FILES, HELPER, ACCOUNTS, VPN_KEYS, REBOOT],
      {
        sound: SOUND,
        tally,
      },
    );
    const { code, out } = await machine.harden('undo', [...MEASURES].reverse().join(' '));
    if (code !== 0) tally.wrong.push(`undo: ${out}`);
    fails(BARE, await looked(host, tally), { tally, when: 'once undone' });
  } finally {
    host.remove();
  }
  console.log(JSON.stringify({ notMade: NOT_MADE }));
  return resultOf(name, tally, began);
}

/** Each of these has to fail. */
export function fails(
  ids: readonly CheckId[],
  checks: Awaited<ReturnType<typeof looked>>,
  { tally, when }: { readonly tally: Tally; readonly when: string },
): void {
  for (const id of ids) {
    const check = checks.get(id);
    if (check?.verdict === 'fail') {
      tally.failed.add(id);
      tally.fails++;
    } else if (check?.verdict === 'pass') tally.falseTicks.push(`${id}, ${when}: ${sayEvidence('en', check.evidence)}`);
    else tally.wrong.push(`${id}, ${when}: ${check?.why ?? 'not there'} ${sayEvidence('en', check?.evidence ?? [])}`);
  }
}

export function resultOf(name: string, tally: Tally, began: number): MeasureResult {
  const { passed, failed, passes, looks, falseTicks, falseAlarms, wrong } = tally;
  const lines = [...passed].filter((id) => failed.has(id));
  const figures = {
    lines: lines.length,
    passes,
    fails: tally.fails,
    falseTicks: falseTicks.length,
    falseAlarms: falseAlarms.length,
  };
  console.log(JSON.stringify({ part: name, ...figures, seenBothWays: lines }));
  const all = [
    ...falseTicks.map((one) => `${name}: a false tick: ${one}`),
    ...falseAlarms.map((one) => `${name}: a false alarm: ${one}`),
    ...wrong.map((one) => `${name}: ${one}`),
  ];
  return {
    name,
    wrong: all,
    facts: passes,
    breaks: tally.fails,
    looks,
    seconds: Math.round((Date.now() - began) / 1000),
  };
}
