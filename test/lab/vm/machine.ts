import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import type { VmImage } from './image.ts';
import { LabMachine, OUTSIDE, START_MS } from './lab-machine.ts';

/** Nothing that qemu has to imitate at a cost (wide vectors, guards of memory, remedies for faults of processors); a third less time to a login. */
const CPU = 'Nehalem,+rdrand,+movbe';
const QUICK = 'mitigations=off nokaslr random.trust_cpu=on no_timer_check quiet';

/**
 * A whole machine, with a kernel of its own, in qemu without the help of hardware. Where two cores are shared with others it takes a minute or
 * more to start. Its SSH is a port of the loopback.
 */
export class Machine extends LabMachine {
  #port = 0;
  #qemu: ChildProcess | undefined;

  /** Starts one; resolves once somebody can log in. */
  static start(image: VmImage): Promise<Machine> {
    return LabMachine.started(new Machine(image));
  }

  protected async turnOn(): Promise<void> {
    this.#port = await freePort();
    const overlay = join(this.folder, 'disk.qcow2');
    await execa('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', this.image.disk, overlay]);
    await execa('ip', ['tuntap', 'add', 'mode', 'tap', this.name]);
    const log = openSync(join(this.folder, 'qemu.log'), 'w');
    // It ends with this process, however that ends.
    const withUs = ['-n', '5', 'setpriv', '--pdeathsig', 'KILL', 'qemu-system-x86_64'];
    this.#qemu = spawn('nice', [...withUs, ...this.#arguments(overlay)], { stdio: ['ignore', log, log] });
    closeSync(log);
    await this.#layCable();
  }

  protected reach() {
    return { program: ['ssh'], host: ['-p', `${this.#port}`, 'ada@127.0.0.1'] };
  }

  protected whyOver(): string | undefined {
    return this.#qemu === undefined || this.#qemu.exitCode === null ? undefined : 'qemu ended';
  }

  /** Restarts it, and waits until somebody can log in to the new start. */
  async restart(): Promise<void> {
    const before = await this.must('cat /proc/sys/kernel/random/boot_id');
    await this.root('systemd-run -q --on-active=1 systemctl reboot');
    await this.hangUp();
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline) {
      const { code, out } = await this.root('cat /proc/sys/kernel/random/boot_id', { timeoutMs: 90_000 });
      if (code === 0 && out !== before) return;
      await pause(1000);
    }
    throw new Error('the machine did not come back');
  }

  override async remove(): Promise<void> {
    if (this.#qemu?.exitCode === null && this.#qemu.signalCode === null) {
      this.#qemu.kill('SIGKILL');
      await once(this.#qemu, 'exit');
    }
    await super.remove();
    await execa('ip', ['link', 'del', this.name], { reject: false });
  }

  #arguments(overlay: string): string[] {
    const { kernel, initrd } = this.image;
    return [
      ...['-accel', 'tcg,thread=multi,tb-size=512', '-cpu', CPU, '-m', '1024', '-smp', '2', '-display', 'none'],
      ...['-serial', `file:${join(this.folder, 'console')}`, '-kernel', kernel, '-initrd', initrd],
      ...['-append', `root=/dev/vda rw console=ttyS0 net.ifnames=0 ${QUICK}`],
      ...[
        '-drive',
        `file=${overlay},if=virtio,format=qcow2,cache=unsafe`,
        '-object',
        'rng-random,id=rng,filename=/dev/urandom',
      ],
      ...['-device', 'virtio-rng-pci,rng=rng', '-netdev', `user,id=control,hostfwd=tcp:127.0.0.1:${this.#port}-:22`],
      ...['-device', 'virtio-net-pci,netdev=control,mac=52:54:00:00:00:01'],
      ...['-netdev', `tap,id=outside,ifname=${this.name},script=no,downscript=no`],
      ...['-device', 'virtio-net-pci,netdev=outside,mac=52:54:00:00:00:02'],
    ];
  }

  /** Once qemu holds its end, the other one goes to a namespace of its own: nothing of this machine's network is touched. */
  async #layCable(): Promise<void> {
    const name = this.name;
    await execa('ip', ['netns', 'add', name]);
    for (let tries = 0; !(await this.#isPlugged()); tries++) {
      if (tries > 100) throw new Error('qemu did not take its cable');
      await pause(100);
    }
    await execa('ip', ['link', 'set', name, 'netns', name]);
    for (const address of [`${OUTSIDE.v4}/24`, `${OUTSIDE.v6}/64`])
      await execa('ip', ['-n', name, 'addr', 'add', address, 'dev', name, ...(address.includes(':') ? ['nodad'] : [])]);
    for (const link of ['lo', name]) await execa('ip', ['-n', name, 'link', 'set', link, 'up']);
  }

  async #isPlugged(): Promise<boolean> {
    if (this.#qemu?.exitCode != null)
      throw new Error(`qemu ended: ${readFileSync(join(this.folder, 'qemu.log'), 'utf8')}`);
    await execa('ip', ['link', 'set', this.name, 'up']);
    return readFileSync(`/sys/class/net/${this.name}/carrier`, 'utf8').trim() === '1';
  }
}

/** A port of the loopback that nobody has at the moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
