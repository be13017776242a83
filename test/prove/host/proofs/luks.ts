import type { HardenedMachine } from '../hardened-machine.ts';
import type { MeasureResult } from '../measure-proof.ts';
import { readsSecret } from './auditd.ts';

/** How kinkeeper-harden is called by hand. */
export const CALL = '/usr/lib/kinkeeper-host/kinkeeper-harden /etc/kinkeeper/kinkeeper-host.conf';
/** The passphrase of the volume, for those calls. */
export const WITH =
  'umask 077; printf "correct horse battery\\n" >/root/passphrase; export KINKEEPER_LUKS_PASSPHRASE_FILE=/root/passphrase;';
/** All that lies in the folder of data, in words that two of them can be compared by. */
export const CONTENT =
  'cd /srv/kinkeeper && find . -path ./lost+found -prune -o -printf "%p %y %m %U %G %l\\n" | sort && find . -type f -exec sha256sum {} + | sort';
/** The file that becomes the volume. */
export const DEVICE = '/var/lib/kinkeeper.luks';

/** From a folder on a plain disk to a sealed volume, over a restart, a broken header, and back. */
export async function proveLuks(machine: HardenedMachine, name: string): Promise<MeasureResult> {
  const began = Date.now();
  const wrong: string[] = [];
  const check = (is: boolean, what: string) => {
    if (!is) wrong.push(`luks: ${what}`);
  };
  const call = async (act: string) => machine.vm.root(`${WITH} ${CALL} ${act} luks`);
  await machine.configure({ luks_device: DEVICE, luks_bytes: '200000000' });
  await machine.vm.must(
    'mkdir -p /srv/kinkeeper/state; head -c 5000000 /dev/urandom >/srv/kinkeeper/state/a.db; ln -sf a.db /srv/kinkeeper/state/link; chown -R 10001 /srv/kinkeeper/state',
  );
  const before = await machine.vm.must(CONTENT);

  check((await machine.harden('verify', 'luks')).code === 1, 'verify passes on a plain disk');
  check(
    (await call('plan')).code === 0 && (await machine.vm.root(`[ ! -e ${DEVICE} ]`)).code === 0,
    'the plan made something',
  );
  const used = await machine.vm.root(`${WITH} exec 8</srv/kinkeeper/state/a.db; ${CALL} apply luks`);
  check(used.code === 1 && used.out.includes('stop them first'), `begun while somebody uses the data: ${used.out}`);
  await refusesSlips(machine, before, check);
  // Cut off in the middle, then gone on from.
  await machine.vm.root(`${WITH} timeout -s KILL 8 ${CALL} apply luks; true`);
  const applied = await call('apply');
  check(applied.code === 0, `apply: ${applied.out}`);
  check((await machine.vm.must(CONTENT)) === before, 'other data in the volume');
  const beside = await machine.harden('verify', 'luks');
  check(
    beside.code === 1 && beside.out.includes('plain-copy'),
    `verify passes with the plain copy beside: ${beside.out}`,
  );
  await machine.vm.must('rm -r /srv/kinkeeper.plain');
  const verified = await machine.harden('verify', 'luks');
  check(verified.code === 0, `verify: ${verified.out}`);
  const watched = await machine.harden('apply', 'auditd');
  check(watched.code === 0, `auditd beside it: ${watched.out}`);

  await machine.vm.restart();
  const locked = await machine.harden('verify', 'luks');
  check(
    locked.code === 1 && (await machine.vm.must('ls -A /srv/kinkeeper')) === '',
    `open after a restart: ${locked.out}`,
  );
  await leavesLocked(machine, check);
  await watchesTheRest(machine, check);
  await machine.vm.must(`dd if=/dev/zero of=${DEVICE} bs=1M count=2 conv=notrunc status=none`);
  for (const act of ['unlock', 'apply', 'undo']) {
    const broken = await call(act);
    check(broken.code === 1, `${act} with a broken header: ${broken.out}`);
  }
  await machine.vm.must(
    `cryptsetup -q luksHeaderRestore ${DEVICE} --header-backup-file /var/lib/kinkeeper-host/luks-header.img`,
  );
  const opened = await machine.vm.root(`${WITH} ${CALL} unlock`);
  check(opened.code === 0, `unlock: ${opened.out}`);
  check((await machine.vm.must(CONTENT)) === before, 'other data after the restart');
  const again = await machine.harden('verify', 'auditd');
  check(again.code === 0, `auditd does not watch what was unlocked: ${again.out}`);
  check(await readsSecret(machine), 'who reads a secret that was unlocked is not recorded');

  const undone = await call('undo');
  check(undone.code === 0, `undo: ${undone.out}`);
  const outside = await machine.harden('verify', 'auditd');
  check(outside.code === 0, `auditd does not watch what came back: ${outside.out}`);
  const unwatched = await machine.harden('undo', 'auditd');
  check(unwatched.code === 0, `undo of auditd: ${unwatched.out}`);
  check((await machine.vm.must(CONTENT)) === before, 'other data after the undo');
  check(
    (await machine.vm.root(`[ ! -e ${DEVICE} ] && [ ! -e /dev/mapper/kinkeeper-data ]`)).code === 0,
    'the volume is left',
  );
  return { name, wrong, facts: 2, breaks: 3, looks: 0, seconds: Math.round((Date.now() - began) / 1000) };
}

/** Notes what is not so. */
export type Check = (is: boolean, what: string) => void;

/** A slip of a finger, at a terminal, is found before anything is moved. */
async function refusesSlips(machine: HardenedMachine, before: string, check: Check): Promise<void> {
  const typed = (...lines: string[]) =>
    machine.vm.root(
      `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} | script -qec '${CALL} apply luks' /dev/null`,
    );
  const cases = {
    'two different ones': ['correct horse battery', 'correct horse batery'],
    'another one when it is opened': ['correct horse battery', 'correct horse battery', 'a', 'b', 'c'],
  };
  for (const [what, lines] of Object.entries(cases)) {
    const { code, out } = await typed(...lines);
    check(code === 1 && out.includes('everything is as it was before'), `${what}: ${out}`);
    check((await machine.vm.must(CONTENT)) === before, `${what}: other data`);
    const left = await machine.vm.root(`[ -e ${DEVICE} ] || [ -e /srv/kinkeeper.plain ]`);
    check(left.code === 1, `${what}: something is left`);
  }
}

/** What is not of the data is recorded from the start; what is cannot be, and nothing says that it is. */
async function watchesTheRest(machine: HardenedMachine, check: Check): Promise<void> {
  const rules = await machine.vm.must('auditctl -l');
  for (const part of ['/etc/ssh', 'settimeofday', 'finit_module'])
    check(rules.includes(part), `${part} is not watched while the data are locked: ${rules}`);
  const verified = await machine.harden('verify', 'auditd');
  check(verified.code === 1 && verified.out.includes('locked'), `auditd passes while they are locked: ${verified.out}`);
  const applied = await machine.harden('apply', 'auditd');
  check(applied.code === 1 && applied.out.includes('unlock'), `auditd applied while they are locked: ${applied.out}`);
}

/** What nobody can read now is not given up: the same volume, sector by sector. */
async function leavesLocked(machine: HardenedMachine, check: Check): Promise<void> {
  const sum = () =>
    machine.vm.must(`sha256sum ${DEVICE}; cat /etc/systemd/system/docker.service.d/kinkeeper-data.conf`);
  const before = await sum();
  const undone = await machine.harden('undo', 'luks');
  check(undone.code === 1 && undone.out.includes('Unlock it first'), `a locked volume is undone: ${undone.out}`);
  const slip = await machine.vm.root(
    `umask 077; echo 'wrong horse battery' >/root/slip; KINKEEPER_LUKS_PASSPHRASE_FILE=/root/slip ${CALL} apply luks`,
  );
  check(slip.code === 1, `applied with a slip: ${slip.out}`);
  check((await sum()) === before, 'the locked volume is another than before');
}
