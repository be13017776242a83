import type { CheckId } from '../../../../core/posture.ts';
import type { HardenedMachine } from '../hardened-machine.ts';
import type { MeasureResult } from '../measure-proof.ts';
import { JudgedHost } from './judged-host.ts';
import { WHOLE } from './lanes/whole.ts';
import { fails, resultOf } from './prove-checklist.ts';
import { alarms, looked, runLanes } from './run-lanes.ts';
import { emptyTally } from './scenario.ts';

const LINES: readonly CheckId[] = ['swap', 'auditd', 'time', 'kernel', 'volume-encryption'];
const MEASURES = 'swap auditd time sysctl';

/** As it was rented: swap in a plain file, no record, nobody who sets the clock, data on the plain disk. */
const PREPARE = `set -e
ip route show default | grep -q . || ip route replace default via 10.98.0.2 dev eth1
mkdir -p /srv/kinkeeper/state
[ -e /swapfile ] || { fallocate -l 64M /swapfile; chmod 600 /swapfile; mkswap -q /swapfile; }
swapon /swapfile 2>/dev/null || :
systemctl -q disable auditd; systemctl kill -s TERM auditd || :; sleep 2; auditctl -D >/dev/null; auditctl -e 0 >/dev/null
systemctl -q disable --now systemd-timesyncd
sysctl -q -w kernel.dmesg_restrict=0 net.ipv4.conf.eth1.accept_redirects=1`;

const LUKS = `umask 077; printf 'correct horse battery\\n' >/root/passphrase; export KINKEEPER_LUKS_PASSPHRASE_FILE=/root/passphrase
/usr/lib/kinkeeper-host/kinkeeper-harden /etc/kinkeeper/kinkeeper-host.conf apply luks && rm -r /srv/kinkeeper.plain`;
const SETTLE =
  'for i in $(seq 180); do [ "$(timedatectl show -p NTPSynchronized --value)" = yes ] && exit 0; sleep 1; done; exit 1';

/** The lines about swap, audit, clock, kernel and volume, on a machine that has them. */
export async function proveWholeLines(machine: HardenedMachine, name: string): Promise<MeasureResult> {
  const began = Date.now();
  const tally = emptyTally();
  const host = await JudgedHost.of(machine);
  const luks = { luks_device: '/var/lib/kinkeeper.luks', luks_bytes: '200000000' };
  try {
    await machine.configure({ state_dir: '/srv/kinkeeper/state', ...luks });
    await machine.vm.must(PREPARE);
    fails(LINES, await looked(host, tally), { tally, when: 'on a bare server' });
    // The volume first: rules of auditd end with the folders that they were made for, and those are removed then.
    await machine.vm.must(LUKS);
    const applied = await machine.harden('apply', MEASURES);
    if (applied.code !== 0) tally.wrong.push(`apply: ${applied.out}`);
    await machine.vm.must(SETTLE);
    alarms(LINES, await looked(host, tally), { tally, when: 'once hardened' });
    await runLanes(host, WHOLE, { sound: LINES, tally });
    const undone = await machine.harden('undo', MEASURES.replace('auditd ', ''));
    if (undone.code !== 0) tally.wrong.push(`undo: ${undone.out}`);
    const undoable = LINES.filter((id) => id !== 'auditd' && id !== 'volume-encryption');
    fails(undoable, await looked(host, tally), { tally, when: 'once undone' });
  } finally {
    host.remove();
  }
  return resultOf(name, tally, began);
}
