import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { PATIENCE_MS } from '../../patience.ts';

const TLS = fileURLToPath(new URL('../../../config/deploy/tls/tls.sh', import.meta.url));
const PROGRAM = 'docker-registry';

/** Whether Debian's package is here. */
export function hasRegistry(): boolean {
  return spawnSync('which', [PROGRAM]).status === 0;
}

/** A registry of images (Debian's `docker-registry`) with a certificate of an authority of its own, empty at first. */
export class Registry implements AsyncDisposable {
  /** The authority's certificate, for those who are to trust it. */
  readonly authority: string;
  readonly #folder: string;
  readonly #process: ChildProcess;

  private constructor(folder: string, started: ChildProcess) {
    this.#folder = folder;
    this.#process = started;
    this.authority = readFileSync(join(folder, 'tls/ca.pem'), 'utf8');
  }

  /** `name`: what it is reached by; it listens at `address`, port 443, in a network namespace. */
  static async start({
    name,
    address,
    namespace,
  }: {
    name: string;
    address: string;
    namespace: string;
  }): Promise<Registry> {
    const folder = mkdtempSync(join(tmpdir(), 'kinkeeper-registry-'));
    mkdirSync(join(folder, 'tls'));
    await execa(TLS, ['own-ca', join(folder, 'tls'), name]);
    const settings = {
      version: 0.1,
      log: { accesslog: { disabled: true }, level: 'error' },
      storage: { filesystem: { rootdirectory: join(folder, 'images') } },
      http: {
        addr: `${address}:443`,
        tls: { certificate: join(folder, 'tls/fullchain.pem'), key: join(folder, 'tls/privkey.pem') },
      },
    };
    writeFileSync(join(folder, 'config.yml'), stringify(settings));
    const enter = [`--net=/run/netns/${namespace}`, '--'];
    // It calls each layer that is asked for, and not there yet, an error.
    const log = openSync(join(folder, 'log'), 'w');
    const started = spawn('nsenter', [...enter, PROGRAM, 'serve', join(folder, 'config.yml')], {
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const registry = new Registry(folder, started);
    const asked = ['curl', '-fsS', '--cacert', join(folder, 'tls/ca.pem'), '--resolve', `${name}:443:${address}`];
    const until = Date.now() + PATIENCE_MS;
    while ((await execa('nsenter', [...enter, ...asked, `https://${name}/v2/`], { reject: false })).failed) {
      if (Date.now() < until && started.exitCode === null) await pause(200);
      else {
        const said = readFileSync(join(folder, 'log'), 'utf8').slice(-1000);
        await registry[Symbol.asyncDispose]();
        throw new Error(`the registry did not start: ${said}`);
      }
    }
    return registry;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill();
      await once(this.#process, 'exit');
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
