import { createHmac } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PATIENCE_MS } from '../patience.ts';
import { callJson } from './call-json.ts';
import { freePort, type PythonChild, startPythonChild } from './python-child.ts';
import { REGISTRATION_SECRET, SERVER_NAME, type SynapseSettings, writeSynapseConfig } from './synapse-config.ts';

/** One logged-in device, as /login answers it. */
export interface Session {
  readonly userId: string;
  readonly accessToken: string;
  readonly deviceId: string;
}

/** A real homeserver on a loopback port in a folder of its own. Federation is off. */
export interface Synapse {
  readonly baseUrl: string;
  readonly serverName: string;
  /** Holds database, media and homeserver.log. Deleted by `stop` unless the caller named it. */
  readonly dir: string;
  /** Process id; another one after `restart`. */
  readonly pid: number;
  /** Milliseconds from the call to the first answered request. */
  readonly startMs: number;
  /** Makes an account, without a device. Returns the user id. */
  register(localpart: string, password: string, options?: { admin?: boolean }): Promise<string>;
  login(localpart: string, password: string, deviceName?: string): Promise<Session>;
  /** Lifts the message rate limit for one user, as an admin of the server does for a bot. */
  overrideRateLimit(userId: string): Promise<void>;
  /** Session of a server administrator of the laboratory's own (`@lab-admin`), made on the first call. */
  admin(): Promise<Session>;
  /** Stops and starts again on the same port with the same data; `kill` does not let it finish. */
  restart(options?: { kill?: boolean; downMs?: number }): Promise<void>;
  stop(): Promise<void>;
}

/** What `startSynapse` takes; everything has a default but the rate limits, which a test must choose knowingly. */
export interface SynapseOptions extends Partial<SynapseSettings> {
  readonly rateLimits: 'lifted' | 'default';
  /** Kept after `stop`. Data of an earlier run found there is used. Default: a new temporary folder. */
  readonly dir?: string;
  readonly port?: number;
}

/** Starts Synapse from the laboratory's virtual environment and waits until it answers. */
export async function startSynapse(options: SynapseOptions): Promise<Synapse> {
  const started = Date.now();
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'kinkeeper-synapse-'));
  mkdirSync(dir, { recursive: true });
  const port = options.port ?? (await freePort());
  writeSynapseConfig(dir, port, {
    rateLimits: options.rateLimits,
    roomVersion: options.roomVersion ?? '12',
    maxUploadBytes: options.maxUploadBytes ?? 100 * 1024 * 1024,
  });
  const child = await startProcess(dir, port);
  return new RunningSynapse({ dir, port, child, keepDir: options.dir !== undefined, startMs: Date.now() - started });
}

async function startProcess(dir: string, port: number): Promise<PythonChild> {
  try {
    return await startPythonChild({
      part: 'python',
      module: 'synapse.app.homeserver',
      args: ['-c', join(dir, 'homeserver.yaml')],
      cwd: dir,
      ready: async () => (await fetch(`http://127.0.0.1:${port}/health`)).ok,
      timeoutMs: PATIENCE_MS,
    });
  } catch (error) {
    const log = join(dir, 'homeserver.log');
    const tail = existsSync(log) ? readFileSync(log, 'utf8').slice(-2_000) : '';
    throw new Error(`Synapse did not start. ${(error as Error).message}\n${tail}`);
  }
}

class RunningSynapse implements Synapse {
  readonly serverName = SERVER_NAME;
  readonly baseUrl: string;
  readonly dir: string;
  readonly startMs: number;
  private readonly port: number;
  private readonly keepDir: boolean;
  private child: PythonChild;
  private administrator: Promise<Session> | undefined;

  constructor(started: { dir: string; port: number; child: PythonChild; keepDir: boolean; startMs: number }) {
    this.dir = started.dir;
    this.port = started.port;
    this.child = started.child;
    this.keepDir = started.keepDir;
    this.startMs = started.startMs;
    this.baseUrl = `http://127.0.0.1:${started.port}`;
  }

  get pid(): number {
    return this.child.pid;
  }

  // https://element-hq.github.io/synapse/latest/admin_api/register_api.html
  async register(localpart: string, password: string, options: { admin?: boolean } = {}): Promise<string> {
    const url = `${this.baseUrl}/_synapse/admin/v1/register`;
    const { nonce } = await callJson<{ nonce: string }>(url);
    const admin = options.admin === true;
    const mac = createHmac('sha1', REGISTRATION_SECRET)
      .update([nonce, localpart, password, admin ? 'admin' : 'notadmin'].join('\0'))
      .digest('hex');
    const body = { nonce, username: localpart, password, admin, mac, inhibit_login: true };
    const answer = await callJson<{ user_id: string }>(url, { method: 'POST', body });
    return answer.user_id;
  }

  async login(localpart: string, password: string, deviceName = 'laboratory'): Promise<Session> {
    const answer = await callJson<{ user_id: string; access_token: string; device_id: string }>(
      `${this.baseUrl}/_matrix/client/v3/login`,
      {
        method: 'POST',
        body: {
          type: 'm.login.password',
          identifier: { type: 'm.id.user', user: localpart },
          password,
          initial_device_display_name: deviceName,
        },
      },
    );
    return { userId: answer.user_id, accessToken: answer.access_token, deviceId: answer.device_id };
  }

  admin(): Promise<Session> {
    this.administrator ??= this.makeAdmin();
    return this.administrator;
  }

  private async makeAdmin(): Promise<Session> {
    // The folder may be one of an earlier run, where the account is there already.
    await this.register('lab-admin', 'lab-admin', { admin: true }).catch(() => undefined);
    return this.login('lab-admin', 'lab-admin');
  }

  async overrideRateLimit(userId: string): Promise<void> {
    const { accessToken } = await this.admin();
    await callJson(`${this.baseUrl}/_synapse/admin/v1/users/${encodeURIComponent(userId)}/override_ratelimit`, {
      method: 'POST',
      accessToken,
      // Zero means no limit at all.
      body: { messages_per_second: 0, burst_count: 0 },
    });
  }

  async restart(options: { kill?: boolean; downMs?: number } = {}): Promise<void> {
    await this.child.stop(options.kill === true ? 0 : 5_000);
    if (options.downMs !== undefined) await new Promise((resolve) => setTimeout(resolve, options.downMs));
    this.child = await startProcess(this.dir, this.port);
  }

  async stop(): Promise<void> {
    await this.child.stop(this.keepDir ? 5_000 : 0);
    if (!this.keepDir) rmSync(this.dir, { recursive: true, force: true });
  }
}
