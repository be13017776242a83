import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { FamilyClient } from './family-client.ts';
import type { Synapse } from './synapse.ts';

const REPO = fileURLToPath(new URL('../../', import.meta.url));

/** One member of the household: their Matrix name and what the settings say about them. */
export interface HouseholdPerson {
  readonly local: string;
  readonly role?: 'admin' | 'member';
  readonly language?: 'en' | 'de';
}

/** What differs from a plain household. `settings` is laid over the settings file, section by section. */
export interface HouseholdOptions {
  readonly synapse: Synapse;
  readonly people: readonly HouseholdPerson[];
  /** Address that the bot speaks to, when it is not the homeserver's own (a fault proxy). */
  readonly homeserver?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Lift the homeserver's rate limit for the bot, as set-up does. */
  readonly lifted?: boolean;
}

/** A bot or ops process of the product, run as its users run it. */
export interface ProductProcess {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Everything it wrote to stderr (its log). */
  output(): string;
  /** Resolves with exit code or signal. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** SIGTERM and the wait for its end. */
  stop(): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Name of the bot's account in every household. */
export const BOT = '@kin:home.test';

/** The password that `Household` registers a person with. */
export function passwordOf(local: string): string {
  return `password-of-${local}`;
}

/** A throw-away installation of the product on a real homeserver: accounts, settings, secrets, state folder. */
export class Household {
  readonly dir: string;
  readonly configFile: string;
  readonly stateDir: string;
  readonly synapse: Synapse;
  #processes = new Set<ProductProcess>();
  #clients = new Set<FamilyClient>();

  private constructor(dir: string, synapse: Synapse) {
    this.dir = dir;
    this.configFile = join(dir, 'kinkeeper.yaml');
    this.stateDir = join(dir, 'state');
    this.synapse = synapse;
  }

  /** Registers the bot and the people and writes settings and secrets; starts nothing. */
  static async prepare(options: HouseholdOptions): Promise<Household> {
    const { synapse, people } = options;
    const home = new Household(mkdtempSync(join(tmpdir(), 'kinkeeper-home-')), synapse);
    for (const local of ['kin', ...people.map((person) => person.local)])
      await synapse.register(local, passwordOf(local));
    if (options.lifted ?? true) await synapse.overrideRateLimit(BOT);
    writeFileSync(join(home.dir, 'bot-password'), passwordOf('kin'), { mode: 0o600 });
    writeFileSync(join(home.dir, 'passphrase'), 'a passphrase of the laboratory', { mode: 0o600 });
    const settings = {
      stateDir: './state',
      matrix: { homeserver: options.homeserver ?? synapse.baseUrl, userId: BOT, passwordFile: './bot-password' },
      people: people.map(({ local, role = 'member', language = 'en' }) => ({
        id: `@${local}:home.test`,
        role,
        language,
      })),
      keys: { passphraseFile: './passphrase' },
      embedding: { kind: 'none' },
      answering: { kind: 'extractive' },
      api: { listen: '' },
      ...options.settings,
    };
    writeFileSync(home.configFile, stringify(settings), { mode: 0o600 });
    return home;
  }

  /** Starts `bot/main.ts`. `nodeOptions` go before the file (`--import` of a test's own module). */
  startBot(options: { nodeOptions?: readonly string[]; env?: Readonly<Record<string, string>> } = {}): ProductProcess {
    return this.#start('bot/main.ts', options);
  }

  /** Starts `ops/main.ts`. */
  startOps(): ProductProcess {
    return this.#start('ops/main.ts', {});
  }

  /** Ends a client together with the household. */
  adopt<Client extends FamilyClient>(client: Client): Client {
    this.#clients.add(client);
    return client;
  }

  /** Ends processes and clients and removes the folder. The homeserver stays. */
  async close(): Promise<void> {
    await Promise.all([...this.#clients].map((client) => client.stop()));
    await Promise.all([...this.#processes].map((running) => running.stop()));
    rmSync(this.dir, { recursive: true, force: true });
  }

  #start(
    file: string,
    options: { nodeOptions?: readonly string[]; env?: Readonly<Record<string, string>> },
  ): ProductProcess {
    const args = [...(options.nodeOptions ?? []), join(REPO, file), '--config', this.configFile];
    const child = spawn(process.execPath, args, {
      cwd: REPO,
      stdio: ['ignore', 'inherit', 'pipe'],
      env: { ...process.env, ...options.env },
    });
    let output = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-200_000);
    });
    const ended = once(child, 'exit').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
    }));
    const running: ProductProcess = {
      pid: child.pid ?? 0,
      child,
      output: () => output,
      ended,
      stop: () => {
        child.kill('SIGTERM');
        return ended;
      },
    };
    this.#processes.add(running);
    void ended.then(() => this.#processes.delete(running));
    return running;
  }
}
