import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { TestHost } from '../../ops/host/test-host.ts';
import { REPO } from './real-release.ts';

const UNITS = ['bot', 'ops'] as const;

/** What the services are started with. */
export interface RealHostOptions {
  readonly settingsFile: string;
  readonly stateDir: string;
  readonly keyring: string;
  readonly gateSeconds: number;
}

/**
 * A host whose services are real processes of the product out of a folder of releases, started and stopped by a stand-in for systemctl;
 * the real helper answers requests as soon as they come, as its path unit would let it.
 */
export class RealHost {
  readonly host = TestHost.make();
  readonly releases = join(this.host.dir, 'releases');
  #serving: Promise<void> | undefined;
  #isOver = false;

  /** Makes the helper's settings and the first release, which is this very tree; starts nothing. */
  prepare({ settingsFile, stateDir, keyring, gateSeconds }: RealHostOptions): void {
    mkdirSync(this.releases);
    symlinkSync(REPO, join(this.releases, '0.1.0'));
    symlinkSync('0.1.0', join(this.releases, 'current'));
    this.host.configure({
      deployment: 'releases',
      releases_dir: this.releases,
      state_dir: stateDir,
      keyring,
      gate_seconds: String(gateSeconds),
      poll_seconds: '0.5',
    });
    this.host.place('systemctl', systemctl(this.host.dir, this.releases, settingsFile));
  }

  get current(): string {
    return readlinkSync(join(this.releases, 'current'));
  }

  /** Everything that a service wrote to its log. */
  log(unit: 'bot' | 'ops'): string {
    const file = join(this.host.dir, `${unit}.log`);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  async systemctl(act: 'start' | 'stop' | 'kill'): Promise<void> {
    for (const unit of UNITS) await execa(this.host.real('systemctl'), [act, `kinkeeper-${unit}.service`]);
  }

  /** From now on requests are answered. `onKilled`: what follows when the helper was killed over one (`TestHost.killAt`). */
  serve(onKilled: () => Promise<void> = async () => {}): void {
    this.#isOver = false;
    const look = async () => {
      while (!this.#isOver) {
        const waits = readdirSync(join(this.host.spool, 'requests')).some((name) => name.endsWith('.request'));
        if (waits && (await this.host.runToKill('serve')) !== undefined) await onKilled();
        await pause(200);
      }
    };
    this.#serving = look();
  }

  /** Ends answering. */
  async serveNoMore(): Promise<void> {
    this.#isOver = true;
    await this.#serving;
  }

  async close(): Promise<void> {
    await this.serveNoMore();
    await this.systemctl('kill');
    this.host.remove();
  }
}

function systemctl(dir: string, releases: string, settingsFile: string): string {
  return `PATH=/usr/sbin:/usr/bin:/sbin:/bin
[ "$1" != is-active ] || shift
unit=$(echo "$2" | sed 's/kinkeeper-//; s/.service//')
pid=$(cat ${dir}/pid-$unit 2>/dev/null || echo 0)
runs() { [ -d /proc/$pid ] && ! grep -q ') Z ' /proc/$pid/stat; }
case $1 in
  -q) runs ;;
  start)
    ! runs || exit 0
    cd ${dir}
    NODE_COMPILE_CACHE=${REPO}node_modules/.cache/compiled setsid ${process.execPath} --disable-warning=DEP0060 \\
      ${releases}/current/$unit/main.ts --config ${settingsFile} </dev/null >>${dir}/$unit.log 2>&1 9>&- &
    echo $! >${dir}/pid-$unit ;;
  stop)
    kill -TERM $pid 2>/dev/null
    for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do runs || exit 0; sleep 0.5; done
    kill -KILL $pid; while runs; do sleep 0.1; done ;;
  kill) [ $pid = 0 ] || kill -KILL $pid 2>/dev/null; while runs; do sleep 0.1; done ;;
esac`;
}
