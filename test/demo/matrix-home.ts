import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { FamilyClient } from '../lab/family-client.ts';
import { Household, type ProductProcess, passwordOf } from '../lab/household.ts';
import { type Synapse, startSynapse } from '../lab/synapse.ts';
import type { Phases } from './phases.ts';
import type { Actor } from './stage.ts';

const MODELS_DIR = fileURLToPath(new URL('../../models', import.meta.url));
const READY_MS = 60_000;
/** Stack traces in one line are long. */
const MOST_OF_A_LINE = 400;

/** Everything that runs for the demo. */
export interface MatrixHome {
  readonly synapse: Synapse;
  readonly household: Household;
  readonly bot: ProductProcess;
  readonly ops: ProductProcess;
  readonly clients: Readonly<Record<Actor, FamilyClient>>;
}

/** Parts that are running already; `close` may be called at any time, also while `open` goes on. */
export class MatrixHomeBuilder {
  #synapse: Promise<Synapse> | undefined;
  #household: Household | undefined;
  #processes: ProductProcess[] = [];
  #closed = false;

  /** Starts homeserver, bot, jobs and clients, and shows each phase. Throws with the cause and, where there is one, a log's tail. */
  async open(phases: Phases): Promise<MatrixHome> {
    const phase = async <Made>(title: string, outcome: (made: Made) => string, work: () => Promise<Made>) => {
      if (this.#closed) throw new Error('the demo is ending');
      return phases.run(title, work, outcome);
    };
    const synapse = await phase(
      'Synapse, the homeserver',
      ({ baseUrl }) => `${baseUrl}, on this machine only`,
      () => {
        // The limits that it ships with; those of the bot are lifted below, as set-up does.
        this.#synapse = startSynapse({ rateLimits: 'default' });
        return this.#synapse;
      },
    );
    const household = await phase(
      'Accounts and settings',
      () => 'Ada, Ben, Cora, Dora; a stranger; the bot',
      async () => {
        this.#household = await Household.prepare({ synapse, people: MEMBERS, settings: settings() });
        await synapse.register('otto', passwordOf('otto'));
        return this.#household;
      },
    );
    const { bot, ops } = await phase(
      'Bot and jobs',
      () => 'two processes, encrypted stores made',
      async () => {
        const bot = await this.#started(household.startBot(), 'the bot is up');
        return { bot, ops: await this.#started(household.startOps(), 'ready') };
      },
    );
    const clients = await phase(
      'Everybody signs in',
      () => 'each device cross-signed',
      async () => {
        const [ada, ben, cora, otto] = await Promise.all(ACTORS.map((actor) => signIn(household, actor)));
        return { ada: ada!, ben: ben!, cora: cora!, otto: otto! };
      },
    );
    return { synapse, household, bot, ops, clients };
  }

  /** Ends everything that was started and removes its folders; `graceMs`: time for processes to end by themselves first. */
  async close({ graceMs }: { graceMs: number }): Promise<void> {
    this.#closed = true;
    const ended = Promise.all(this.#processes.map((running) => running.ended));
    await Promise.race([ended, sleep(graceMs)]);
    await this.#household?.close();
    const synapse = await this.#synapse?.catch(() => undefined);
    await synapse?.stop();
  }

  /** Process ids of bot and jobs, for an end in haste. */
  pids(): number[] {
    return this.#processes.filter(({ child }) => child.exitCode === null).map(({ pid }) => pid);
  }

  async #started(running: ProductProcess, message: string): Promise<ProductProcess> {
    this.#processes.push(running);
    await isUp(running, message);
    return running;
  }
}

const ACTORS = ['ada', 'ben', 'cora', 'otto'] as const;

const MEMBERS = [
  { local: 'ada', role: 'admin' },
  { local: 'ben' },
  { local: 'cora', language: 'de' },
  { local: 'dora' },
] as const;

/** Models: whatever `auto` finds on this machine. */
function settings(): Record<string, unknown> {
  const modelsDir = existsSync(MODELS_DIR) ? { modelsDir: MODELS_DIR } : {};
  return { embedding: { kind: 'auto', ...modelsDir }, answering: { kind: 'auto' } };
}

async function signIn(household: Household, actor: Actor): Promise<FamilyClient> {
  const client = await FamilyClient.login({
    homeserver: household.synapse.baseUrl,
    user: actor,
    password: passwordOf(actor),
    deviceName: 'Demo',
    crossSigned: true,
  });
  return household.adopt(client);
}

/** Waits for a line of a process's log. */
async function isUp(running: ProductProcess, message: string): Promise<void> {
  const line = `"msg":${JSON.stringify(message)}`;
  for (const deadline = Date.now() + READY_MS; !running.output().includes(line); await sleep(50)) {
    const { exitCode, signalCode } = running.child;
    if (exitCode !== null || signalCode !== null || Date.now() > deadline) {
      const what = Date.now() > deadline ? 'was not up in time' : `ended (${exitCode ?? signalCode})`;
      throw new Error(`${join(...running.child.spawnargs.slice(1, 2))} ${what}:\n${logTail(running)}`);
    }
  }
}

/** The last lines of a process's log. */
export function logTail(running: ProductProcess, lines = 15): string {
  const tail = running.output().trimEnd().split('\n').slice(-lines);
  return tail.map((line) => line.slice(0, MOST_OF_A_LINE)).join('\n');
}
