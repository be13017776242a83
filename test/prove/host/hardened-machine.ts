import { fileURLToPath } from 'node:url';
import type { VmImage } from '../../lab/vm/image.ts';
import type { LabMachine, Said } from '../../lab/vm/lab-machine.ts';
import { Machine } from '../../lab/vm/machine.ts';
import { NamespacedMachine } from '../../lab/vm/namespaced-machine.ts';
import { UserModeMachine } from '../../lab/vm/user-mode-machine.ts';

const HOST = fileURLToPath(new URL('../../../ops/host/', import.meta.url));
const CONF = '/etc/kinkeeper/kinkeeper-host.conf';

/** As its owner installs the helper, on a host with folders of ours. */
const INSTALL = `set -eu
id kinkeeper >/dev/null 2>&1 || useradd -u 10001 -r -s /usr/sbin/nologin kinkeeper
/root/host/install >/dev/null
# What looks at the host by the clock is started by the proof that is about it.
systemctl -q disable --now kinkeeper-host-posture.timer
install -d -m 755 /opt/kinkeeper /srv/kinkeeper /srv/kinkeeper/config
install -d -m 711 /srv/kinkeeper/secrets
echo secret >/srv/kinkeeper/secrets/bot-password; chown 10001 /srv/kinkeeper/secrets/bot-password; chmod 644 /srv/kinkeeper/secrets/bot-password
echo 'A=b' >/opt/kinkeeper/.env`;

/** `ours`: namespaces of this machine's kernel do. `own`: needs a kernel of its own. `full`: one with WireGuard and all of nftables, too. */
export type KernelKind = 'ours' | 'own' | 'full';

/** A machine on which the helper is installed, with settings that the test gives. */
export class HardenedMachine {
  readonly vm: LabMachine;

  private constructor(vm: LabMachine) {
    this.vm = vm;
  }

  /** Starts one with such a kernel, and installs the helper. */
  static async start(image: VmImage, kernel: KernelKind): Promise<HardenedMachine> {
    const own = image.hasUserMode ? UserModeMachine : Machine;
    const kind = { ours: NamespacedMachine, own, full: Machine }[kernel];
    const machine = new HardenedMachine(await kind.start(image));
    await machine.vm.put(
      HOST,
      ['helper', 'harden', 'measures', 'systemd', 'kinkeeper-harden', 'install'],
      '/root/host',
    );
    await machine.vm.must(INSTALL);
    await machine.configure({});
    return machine;
  }

  /** Writes the settings of the helper; the last ones win. */
  async configure(settings: Readonly<Record<string, string>>): Promise<void> {
    const all = { spool: '/var/lib/kinkeeper-spool', spool_user: '10001', spool_group: '10001', ...settings };
    const lines = Object.entries(all).map(([key, value]) => `${key}=${value}`);
    await this.vm.must(`umask 077; cat >${CONF} <<'CONF'\n${lines.join('\n')}\nCONF`);
  }

  /** Runs kinkeeper-harden there, as root; a confirmation in a new SSH session. */
  harden(act: string, name = ''): Promise<Said> {
    return this.vm.root(`/usr/lib/kinkeeper-host/kinkeeper-harden ${CONF} ${act} ${name}`, {
      isNew: act === 'confirm',
    });
  }

  remove(): Promise<void> {
    return this.vm.remove();
  }
}
