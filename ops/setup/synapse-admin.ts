import { createHmac } from 'node:crypto';
import { AppError } from '../../core/errors.ts';

const ANSWER_MS = 30_000;

/** Name and password of an account; `user` is its local part or its full address. */
export interface AccountName {
  readonly user: string;
  readonly password: string;
}

interface Call {
  readonly method?: 'GET' | 'POST';
  readonly body?: object | undefined;
  readonly token?: string | undefined;
}

/** A request that Synapse refused. `errcode` is '' where the answer had none (something stands in front of it). */
class Refused extends Error {
  readonly errcode: string;
  readonly status: number;

  constructor(what: string, status: number, errcode: string) {
    super(`${what}: status ${status} ${errcode}`);
    this.errcode = errcode;
    this.status = status;
  }
}

/**
 * What set-up needs of Synapse's admin API (https://element-hq.github.io/synapse/latest/admin_api/register_api.html and user_admin_api.html).
 * Throws AppError `unavailable` (no answer), `forbidden` (the secret is not right), `conflict` (the account has another password).
 */
export class SynapseAdmin {
  readonly url: string;
  readonly #secret: string;

  /** `secret`: registration_shared_secret. */
  constructor(url: string, secret: string) {
    this.url = url.replace(/\/+$/, '');
    this.#secret = secret;
  }

  /** Makes an account without a device. False: there is one of that name (or was: names are given once). */
  async register({ user, password }: AccountName, { admin }: { readonly admin: boolean }): Promise<boolean> {
    const path = '/_synapse/admin/v1/register';
    const { nonce } = await this.#call<{ nonce: string }>(path);
    const mac = createHmac('sha1', this.#secret)
      .update([nonce, user, password, admin ? 'admin' : 'notadmin'].join('\0'))
      .digest('hex');
    const body = { nonce, username: user, password, admin, mac, inhibit_login: true };
    try {
      await this.#call(path, { method: 'POST', body });
      return true;
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown;
      if (thrown.errcode === 'M_USER_IN_USE') return false;
      if (thrown.status !== 403) throw unexpected(thrown);
      throw new AppError('forbidden', 'Synapse does not take the registration secret', {
        hint: 'Look whether homeserver.yaml names registration_shared_secret (or its …_path), and restart Synapse after a change.',
        cause: thrown,
      });
    }
  }

  /** Whether the password opens the account; the device that this takes is ended again. */
  async opens(account: AccountName): Promise<boolean> {
    const token = await this.logIn(account);
    if (token === undefined) return false;
    await this.#call('/_matrix/client/v3/logout', { method: 'POST', body: {}, token });
    return true;
  }

  /** A token of the account; undefined when the password is not right, or the account is closed. */
  async logIn({ user, password }: AccountName): Promise<string | undefined> {
    const identifier = { type: 'm.id.user', user };
    const body = { type: 'm.login.password', identifier, password, initial_device_display_name: 'kinkeeper setup' };
    try {
      const answer = await this.#call<{ access_token: string }>('/_matrix/client/v3/login', { method: 'POST', body });
      return answer.access_token;
    } catch (thrown) {
      if (thrown instanceof Refused && thrown.status === 403) return undefined;
      throw thrown instanceof Refused ? unexpected(thrown) : thrown;
    }
  }

  /** Lifts the limit of messages for an account; `token` is one of a server admin. */
  async liftRateLimit(userId: string, token: string): Promise<void> {
    // Zero means no limit at all.
    const body = { messages_per_second: 0, burst_count: 0 };
    await this.#admin(`/v1/users/${encodeURIComponent(userId)}/override_ratelimit`, body, token);
  }

  /** Ends an account for good and forgets what it wrote, as far as Synapse does. A repeat is no error, nor one that was never made. */
  async close(userId: string, token: string): Promise<void> {
    const path = `/_synapse/admin/v1/deactivate/${encodeURIComponent(userId)}`;
    try {
      await this.#call(path, { method: 'POST', body: { erase: true }, token });
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown;
      if (thrown.errcode !== 'M_NOT_FOUND') throw unexpected(thrown);
    }
  }

  async #admin(path: string, body: object, token: string): Promise<void> {
    try {
      await this.#call(`/_synapse/admin${path}`, { method: 'POST', body, token });
    } catch (thrown) {
      throw thrown instanceof Refused ? unexpected(thrown) : thrown;
    }
  }

  async #call<T>(path: string, { method = 'GET', body, token }: Call = {}): Promise<T> {
    const response = await this.#fetch(path, method, { body, token });
    const answer: unknown = await response.json().catch(() => ({}));
    if (response.ok) return answer as T;
    const errcode = (answer as { errcode?: unknown } | null)?.errcode;
    throw new Refused(
      `${method} ${path.split('/').slice(0, 5).join('/')}`,
      response.status,
      typeof errcode === 'string' ? errcode : '',
    );
  }

  async #fetch(path: string, method: string, { body, token }: Pick<Call, 'body' | 'token'>): Promise<Response> {
    try {
      return await fetch(this.url + path, {
        method,
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_MS),
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      throw new AppError('unavailable', `Synapse at ${this.url} does not answer`, {
        hint: 'Start it, or correct its address in the answers; then run set-up again: it goes on where it stopped.',
        cause,
      });
    }
  }
}

function unexpected({ message, cause, status }: Refused): AppError {
  return new AppError('unavailable', `Synapse refused what set-up asked (${message})`, {
    hint:
      status === 429
        ? 'Wait a minute and run set-up again.'
        : 'Look into its log, and run set-up again: it goes on where it stopped.',
    cause,
  });
}
