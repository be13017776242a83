import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KEY_SERVER_PORT, TANG } from '../../../lab/vm/key-server.ts';
import { OUTSIDE } from '../../../lab/vm/lab-machine.ts';
import type { HardenedMachine } from '../hardened-machine.ts';
import type { MeasureResult } from '../measure-proof.ts';
import { CALL, type Check, CONTENT, DEVICE, WITH } from './luks.ts';

const SERVER = fileURLToPath(new URL('../../../lab/vm/key-server.ts', import.meta.url));
const URL_OF_SERVER = `http://${OUTSIDE.v4}:${KEY_SERVER_PORT}`;
const SETTINGS = { luks_device: DEVICE, luks_bytes: '200000000', luks_key_server: URL_OF_SERVER };
const NOBODYS = 'A'.repeat(43);

/** Stands for the bot: it runs on the data, or not at all. */
const BOT = `mkdir -p /srv/kinkeeper/state; head -c 1000000 /dev/urandom >/srv/kinkeeper/state/a.db
cat >/etc/systemd/system/kinkeeper-bot.service <<'UNIT'
[Service]
ExecStart=/bin/sh -c 'read -r _ </srv/kinkeeper/state/a.db; exec sleep infinity'
[Install]
WantedBy=multi-user.target
UNIT
systemctl -q enable kinkeeper-bot.service`;

const IS_OPEN = 'findmnt -n --mountpoint /srv/kinkeeper >/dev/null && systemctl is-active kinkeeper-bot.service';
/** Waits until the data are there and the bot runs on them, which nobody at a keyboard has done. */
const OPENS = `for i in $(seq 180); do ${IS_OPEN} && exit 0; sleep 1; done; journalctl -u kinkeeper-data-unlock | tail; exit 1`;
/** Waits until the server was asked in vain. */
const ASKED =
  'for i in $(seq 180); do journalctl -b -u kinkeeper-data-unlock | grep -q "did not open" && exit 0; sleep 1; done; exit 1';
const LOCK =
  'systemctl stop kinkeeper-data-unlock kinkeeper-bot; umount /srv/kinkeeper && cryptsetup close kinkeeper-data';

/** A real Tang with keys of its own. */
class KeyServer {
  readonly #keys = mkdtempSync(join(tmpdir(), 'kin-tang-'));
  /** Thumbprint of the key that signs, as tang-show-keys says it. */
  readonly print: string;

  constructor() {
    execFileSync(`${TANG}-keygen`, [this.#keys]);
    const signing = readdirSync(this.#keys).find((file) =>
      readFileSync(join(this.#keys, file), 'utf8').includes('"verify"'),
    );
    this.print = signing!.replace(/\.jwk$/, '');
  }

  start(machine: HardenedMachine): () => Promise<void> {
    return machine.vm.serveOutside(process.execPath, [SERVER, this.#keys]);
  }

  remove(): void {
    rmSync(this.#keys, { recursive: true, force: true });
  }
}

/** A volume that a key server opens at a start, and none but that one; with it off a human does. */
export async function proveKeyServer(machine: HardenedMachine, name: string): Promise<MeasureResult> {
  const began = Date.now();
  const wrong: string[] = [];
  const check: Check = (is, what) => {
    if (!is) wrong.push(`${name}: ${what}`);
  };
  const [first, second] = [new KeyServer(), new KeyServer()];
  try {
    await opensAtStarts(machine, first, check);
    await changesServers(machine, [first, second], check);
  } finally {
    first.remove();
    second.remove();
  }
  return { name, wrong, facts: 4, breaks: 5, looks: 0, seconds: Math.round((Date.now() - began) / 1000) };
}

async function opensAtStarts(machine: HardenedMachine, server: KeyServer, check: Check): Promise<void> {
  const { vm } = machine;
  await vm.must(BOT);
  const before = await vm.must(CONTENT);
  const apply = () => vm.root(`${WITH} ${CALL} apply luks`);
  const refused = async (print: string, what: string) => {
    await machine.configure({ ...SETTINGS, luks_key_server_print: print });
    const { code, out } = await apply();
    check(code === 1 && out.includes('refused, nothing was changed'), `${what}: ${out}`);
    check((await vm.root(`[ ! -e ${DEVICE} ]`)).code === 0, `${what}: something was made`);
  };
  await refused(server.print, 'a server that does not answer');
  let stop = server.start(machine);
  await refused(NOBODYS, 'a server that is another one');

  await machine.configure({ ...SETTINGS, luks_key_server_print: server.print });
  const applied = await apply();
  check(applied.code === 0, `apply: ${applied.out}`);
  await vm.must('rm -r /srv/kinkeeper.plain');
  const verified = await machine.harden('verify', 'luks');
  check(verified.code === 0 && verified.out.includes('opens the volume'), `verify: ${verified.out}`);

  await vm.restart();
  const opened = await vm.root(OPENS);
  check(opened.code === 0, `not open by itself after a start: ${opened.out}`);
  check((await vm.must(CONTENT)) === before, 'other data after the start');

  await stop();
  await vm.restart();
  check((await vm.root(ASKED)).code === 0, 'nobody asked the server at the start');
  check((await vm.root(IS_OPEN)).code !== 0, 'open though the server is off');
  stop = server.start(machine);
  const late = await vm.root(OPENS);
  check(late.code === 0, `not open once the server is back: ${late.out}`);

  await stop();
  await vm.must(LOCK);
  const human = await vm.root(`${WITH} ${CALL} unlock`);
  check(human.code === 0 && (await vm.must(CONTENT)) === before, `a human, with the server off: ${human.out}`);
  const unsure = await machine.harden('verify', 'luks');
  check(unsure.code === 1 && unsure.out.includes('a human has to'), `verify with the server off: ${unsure.out}`);
}

async function changesServers(
  machine: HardenedMachine,
  [old, next]: [KeyServer, KeyServer],
  check: Check,
): Promise<void> {
  const { vm } = machine;
  const before = await vm.must(CONTENT);
  const apply = () => vm.root(`${WITH} ${CALL} apply luks`);
  await vm.must('cp /var/lib/kinkeeper-host/luks-header.img /root/header-of-before');
  let stop = next.start(machine);
  await machine.configure({ ...SETTINGS, luks_key_server_print: next.print });
  check((await machine.harden('verify', 'luks')).code === 1, 'verify passes with another server in the settings');
  const changed = await apply();
  check(changed.code === 0, `apply with another server: ${changed.out}`);
  check((await machine.harden('verify', 'luks')).code === 0, 'verify after the change');
  await stop();
  stop = old.start(machine);
  await vm.must(LOCK);
  check((await vm.root(`${CALL} unlock-by-server`)).code === 1, 'the server of before still opens it');
  // An old copy of the header has the old server in it.
  await vm.must(`cryptsetup -q luksHeaderRestore ${DEVICE} --header-backup-file /root/header-of-before`);
  check((await vm.root(`${CALL} unlock-by-server`)).code === 1, 'the server of an old header opens it');
  await stop();

  await vm.must(`${WITH} ${CALL} unlock`);
  check((await machine.harden('verify', 'luks')).code === 1, 'verify passes with the header of before');
  stop = next.start(machine);
  const again = await apply();
  check(
    again.code === 0 && (await machine.harden('verify', 'luks')).code === 0,
    `apply over the old header: ${again.out}`,
  );
  await stop();
  await machine.configure({ luks_device: DEVICE, luks_bytes: '200000000' });
  check(
    (await machine.harden('verify', 'luks')).code === 1,
    'verify passes though a server is bound that nobody wants',
  );
  const without = await apply();
  check(without.code === 0 && (await machine.harden('verify', 'luks')).code === 0, `apply without one: ${without.out}`);
  const left = await vm.root(`clevis luks list -d ${DEVICE}; ls /etc/systemd/system | grep unlock`);
  check(left.out === '', `left of the server: ${left.out}`);
  await vm.must('systemctl stop kinkeeper-bot');
  const undone = await vm.root(`${WITH} ${CALL} undo luks`);
  check(undone.code === 0 && (await vm.must(CONTENT)) === before, `undo: ${undone.out}`);
  await vm.must('systemctl -q disable kinkeeper-bot.service; rm /etc/systemd/system/kinkeeper-bot.service');
}
