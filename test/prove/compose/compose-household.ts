import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { BareServer } from '../../lab/docker/bare-server.ts';
import { makeBaseImages, STAND_INS } from '../../lab/docker/base-images.ts';
import { Engine } from '../../lab/docker/engine.ts';
import { TwoHosts, WIRE } from '../../lab/docker/two-hosts.ts';
import { PATIENCE_MS } from '../../patience.ts';
import { REGISTRY } from './releases.ts';
import { type Place, type SetUp, setUp } from './set-up.ts';

const REPO = fileURLToPath(new URL('../../../', import.meta.url));
const TLS = join(REPO, 'config/deploy/tls/tls.sh');
const OUTSIDE = fileURLToPath(new URL('outside.ts', import.meta.url));

export const HOST = 'matrix.home.test';
export const BOT = '@kin:home.test';
export const ADA = '@ada:home.test';
const ANSWERS = {
  ...{ kind: 'compose', serverName: 'home.test', host: HOST, reach: 'internet', timeZone: 'Europe/Berlin' },
  people: [
    { name: 'ada', role: 'admin' },
    { name: 'ben', language: 'de' },
  ],
  model: 'none',
  // The others reach beyond folders of our own: `npm run prove:host` takes each in a machine of its own.
  hardening: ['modes'],
};
/** Where it lies on the server. */
const PLACE = { file: '/opt/kinkeeper/docker-compose.yml', env: '/opt/kinkeeper/.env' } as const;

/** A container as `docker inspect` shows it, as far as it is looked at. */
export interface Container {
  readonly Id: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Running: boolean;
    readonly Pid: number;
    readonly StartedAt: string;
    readonly Health?: { readonly Status: string };
  };
  readonly Config: {
    readonly User: string;
    readonly Image: string;
    readonly Env: string[];
    readonly Labels: Record<string, string>;
  };
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly Mounts: {
    readonly Type: string;
    readonly Source: string;
    readonly Destination: string;
    readonly RW: boolean;
  }[];
  readonly NetworkSettings: {
    readonly Ports: Record<string, { HostIp: string; HostPort: string }[] | null>;
    readonly Networks: Record<string, { readonly IPAddress: string; readonly GlobalIPv6Address: string }>;
  };
}

/**
 * docker-compose.yml, as it is shipped, on a real engine with the images that can be had here: a server that only a wire leads to, and
 * somebody outside at the other end of it.
 */
export class ComposeHousehold implements AsyncDisposable {
  readonly #parts = new AsyncDisposableStack();
  engine!: Engine;
  hosts!: TwoHosts;
  server!: BareServer;
  setUp!: SetUp;
  #outside: ChildProcess | undefined;
  #answers!: AsyncIterator<string>;

  /** Builds, and sets up as a newcomer does, killed on the way where `isKilled`. Seconds of each step are said. */
  static async open(say: (line: string) => void, how: { readonly isKilled: boolean }): Promise<ComposeHousehold> {
    const household = new ComposeHousehold();
    try {
      await timed('images', say, () => household.#build(say));
      await timed('set-up', say, () => household.#start(how));
      return household;
    } catch (error) {
      await household[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** KINKEEPER_DATA, as this machine sees it. */
  get data(): string {
    return join(this.server.folder, 'srv/kinkeeper');
  }

  /** The spool of the host helper, as this machine sees it. */
  get spool(): string {
    return join(this.server.folder, 'var/lib/kinkeeper-spool');
  }

  /** For another run of set-up. */
  get place(): Place {
    return { server: this.server, network: this.hosts.server, env: this.engine.env(), answers: ANSWERS };
  }

  /** Runs a program on the server, as root; resolves to what it wrote. Rejects with its own words. */
  async onServer(command: readonly string[], input = ''): Promise<string> {
    const [enter, ...rest] = [
      ...this.server.enter,
      'nsenter',
      `--net=/run/netns/${this.hosts.server}`,
      '--',
      ...command,
    ];
    return (await execa(enter!, rest, { env: this.engine.env(), input })).stdout;
  }

  /** Writes a file on the server, root's, for everybody to read. */
  async lay(path: string, content: string | Uint8Array): Promise<void> {
    const encoded = Buffer.from(content).toString('base64');
    await this.onServer(['sh', '-euc', 'mkdir -p "$(dirname "$1")"; base64 -d >"$1"', 'sh', path], encoded);
  }

  /** Has the person outside do something (outside.ts). Rejects with their words. */
  async outside<Value>(act: string, given: object): Promise<Value> {
    this.#outside ??= this.#startOutside();
    this.#outside.stdin!.write(`${JSON.stringify({ act, given })}\n`);
    let value: string | undefined;
    // Libraries of the client may write lines of their own.
    do value = (await this.#answers.next()).value;
    while (value !== undefined && !value.startsWith('{"'));
    if (value === undefined) throw new Error('the person outside has ended');
    const answer = JSON.parse(value) as { value: Value; error?: string };
    if (answer.error !== undefined) throw new Error(`${act}: ${answer.error}`);
    return answer.value;
  }

  compose(...args: string[]): Promise<string> {
    return this.engine.compose(PLACE, ...args);
  }

  /** All containers of the household by the name of their service. */
  async containers(): Promise<Map<string, Container>> {
    const ids = (await this.engine.docker('ps', '-aq', '--filter', 'label=com.docker.compose.project=kinkeeper')).split(
      '\n',
    );
    const found = JSON.parse(await this.engine.docker('inspect', ...ids)) as Container[];
    return new Map(found.map((one) => [one.Config.Labels['com.docker.compose.service']!, one]));
  }

  /** Waits until every service (or those named) is healthy. Throws with what the others wrote last. */
  async healthy(...names: string[]): Promise<void> {
    const until = Date.now() + 2 * PATIENCE_MS;
    for (;;) {
      const all = [...(await this.containers())].filter(([name]) => names.length === 0 || names.includes(name));
      const sick = all.filter(([, { State }]) => State.Health?.Status !== 'healthy');
      if (sick.length === 0) return;
      if (Date.now() > until) throw new Error(`not healthy: ${await this.lastWords(sick.map(([name]) => name))}`);
      await pause(500);
    }
  }

  async lastWords(names: readonly string[]): Promise<string> {
    const words = names.map(
      async (name) => `${name}: ${(await this.compose('logs', '--no-color', '--tail', '15', name)).slice(-2500)}`,
    );
    return (await Promise.all(words)).join('\n');
  }

  /** Has the deploy hook of certbot take a fresh certificate of the household's authority. */
  async renewCertificate(): Promise<void> {
    const tls = join(this.data, 'tls');
    const above = mkdtempSync(join(tmpdir(), 'kinkeeper-renewed-'));
    const fresh = join(above, 'tls');
    try {
      cpSync(join(tls, 'ca.pem'), join(fresh, 'ca.pem'));
      cpSync(`${tls}-authority`, `${fresh}-authority`, { recursive: true });
      await execa(TLS, ['own-ca', fresh, HOST]);
      await execa(TLS, ['hook', tls], { env: { ...this.engine.env(), RENEWED_LINEAGE: fresh } });
    } finally {
      rmSync(above, { recursive: true });
    }
  }

  /** No registry of others is reached from here: digests cannot be, and tags stand for what the laboratory has made. */
  nameImages(): void {
    const lines = Object.entries({ ...STAND_INS, OLLAMA_MEMORY: '1g' }).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(join(this.server.folder, PLACE.env), lines.join(''), { mode: 0o600 });
  }

  /** The server stops, and starts anew without an address of IPv6, even that of its loopback. */
  async loseIpv6(): Promise<void> {
    await this.compose('down', '--timeout', '10');
    await this.onServer(['sysctl', '-w', ...['all', 'default'].map((one) => `net.ipv6.conf.${one}.disable_ipv6=1`)]);
    await this.engine.restart();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#outside?.kill();
    await this.#parts.disposeAsync();
  }

  async #build(say: (line: string) => void): Promise<void> {
    await using builder = await Engine.start();
    await makeBaseImages(builder, say);
    await builder.build('kinkeeper:local', REPO, { NODE_IMAGE: STAND_INS.NODE_IMAGE });
  }

  async #start(how: { readonly isKilled: boolean }): Promise<void> {
    this.hosts = this.#parts.use(await TwoHosts.make(HOST));
    this.server = this.#parts.use(await BareServer.make([`${WIRE.server} ${HOST}`, `${WIRE.outside} ${REGISTRY}`]));
    this.engine = this.#parts.use(await Engine.start({ namespace: this.hosts.server, enter: this.server.enter }));
    this.#parts.defer(async () => void (await this.compose('down', '--timeout', '5', '--volumes').catch(() => {})));
    this.nameImages();
    this.setUp = await setUp(this.place, how);
    if (this.setUp.faults.length === 0) await this.healthy();
  }

  #startOutside(): ChildProcess {
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: join(this.data, 'tls/ca.pem') };
    const args = ['netns', 'exec', this.hosts.outside, process.execPath, OUTSIDE];
    const child = spawn('ip', args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#parts.defer(async () => {
      child.stdin.end();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    });
    this.#answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return child;
  }
}

async function timed(name: string, say: (line: string) => void, work: () => Promise<void>): Promise<void> {
  const began = Date.now();
  await work();
  say(`${name}: ${Math.round((Date.now() - began) / 1000)} s`);
}
