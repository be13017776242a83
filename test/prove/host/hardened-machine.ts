import { fileURLToPath } from 'node:url';
import type { VmImage } from '../../lab/vm/image.ts';
import type { LabMachine, Said } from '../../lab/vm/lab-machine.ts';
import { Machine } from '../../lab/vm/machine.ts';
import { NamespacedMachine } from '../../lab/vm/namespaced-machine.ts';
import { UserModeMachine } from '../../lab/vm/user-mode-machine.ts';

const HOST = fileURLToPath(new URL('../../../ops/host/', import.meta.url));
const CONF = '/etc/kinkeeper/kinkeeper-host.conf';

/** As setup installs the helper, on a host with folders of ours. */
const INSTALL = `set -eu
install -d -m 755 /usr/lib/kinkeeper-host /etc/kinkeeper
cp -R /root/host/helper/. /usr/lib/kinkeeper-host/
cp -R /root/host/kinkeeper-harden /root/host/harden /root/host/measures /usr/lib/kinkeeper-host/
rm -f /usr/lib/kinkeeper-host/kinkeeper-host.conf
cp /root/host/systemd/* /etc/systemd/system/
chown -R root:root /usr/lib/kinkeeper-host /etc/systemd/system
chmod -R u=rwX,go=rX /usr/lib/kinkeeper-host /etc/systemd/system
id kinkeeper >/dev/null 2>&1 || useradd -u 10001 -r -s /usr/sbin/nologin kinkeeper
install -d -m 755 /var/lib/kinkeeper-spool
install -d -m 700 -o 10001 -g 10001 /var/lib/kinkeeper-spool/requests /var/lib/kinkeeper-spool/incoming
install -d -m 700 /var/lib/kinkeeper-host
install -d -m 755 /opt/kinkeeper /srv/kinkeeper /srv/kinkeeper/config
install -d -m 711 /srv/kinkeeper/secrets
echo secret >/srv/kinkeeper/secrets/bot-password; chown 10001 /srv/kinkeeper/secrets/bot-password; chmod 644 /srv/kinkeeper/secrets/bot-password
echo 'A=b' >/opt/kinkeeper/.env
systemctl daemon-reload
systemctl -q enable --now kinkeeper-harden-return.timer kinkeeper-host.path kinkeeper-host-facts.timer
systemctl -q enable kinkeeper-host-resume.service`;

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
    await machine.vm.put(HOST, ['helper', 'harden', 'measures', 'systemd', 'kinkeeper-harden'], '/root/host');
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
