import { createHmac } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import type { Ask } from './ask-by-socket.ts';

const ANSWER_MS = 30_000;
/** Synapse's own default lets one log in every five and a half minutes, once five in a row are used up. */
const LONGEST_REST_MS = 15 * 60_000;
/** How much of what Synapse says is handed on. */
const SAID_LENGTH = 200;

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

/** An account that is logged in. */
export interface AccountSession {
  readonly userId: string;
  readonly deviceId: string;
  readonly accessToken: string;
}

/** Waits so many milliseconds, because Synapse wants it so. */
export type Rest = (ms: number) => Promise<void>;

/** An answer of Synapse that refuses. `errcode` and `says` are '' where it had none (something stands in front of it). */
class Refused extends Error {
  readonly errcode: string;
  readonly status: number;
  readonly says: string;
  readonly retryAfterMs: number;

  constructor(what: string, status: number, body: Readonly<Record<string, unknown>>) {
    const text = (name: string) => (typeof body[name] === 'string' ? body[name] : '');
    const says = text('error').slice(0, SAID_LENGTH);
    super(`${what}: status ${status} ${text('errcode')}${says === '' ? '' : `, “${says}”`}`);
    this.errcode = text('errcode');
    this.status = status;
    this.says = says;
    this.retryAfterMs = typeof body.retry_after_ms === 'number' ? Math.max(body.retry_after_ms, 1000) : 60_000;
  }
}

/**
 * What set-up needs of Synapse's admin API (https://element-hq.github.io/synapse/latest/admin_api/register_api.html and user_admin_api.html).
 * Throws AppError `unavailable` (no answer), `forbidden` (the secret is not right), `conflict` (the account has another password).
 */
export class SynapseAdmin {
  readonly url: string;
  readonly #secret: string;
  readonly #rest: Rest;
  readonly #ask: Ask;

  /** `secret`: registration_shared_secret. `rest`: what is done where Synapse wants a pause before it goes on. `ask`: how its address is reached. */
  constructor(url: string, secret: string, rest: Rest, ask: Ask = fetch) {
    this.url = url.replace(/\/+$/, '');
    this.#secret = secret;
    this.#rest = rest;
    this.#ask = ask;
  }

  /** Makes an account without a device. False: there is one of that name (or was: names are given once). */
  async register(account: AccountName, { admin }: { readonly admin: boolean }): Promise<boolean> {
    return (await this.#register(account, { admin, inhibit_login: true })) !== undefined;
  }

  /**
   * Makes an account and logs it in with the same request, which does not count among the few log-ins that Synapse grants an address.
   * undefined: there is one of that name.
   */
  async registerLoggedIn(
    account: AccountName,
    { admin }: { readonly admin: boolean },
  ): Promise<AccountSession | undefined> {
    const made = await this.#register(account, { admin, inhibit_login: false });
    return made && { userId: made.user_id, deviceId: made.device_id, accessToken: made.access_token };
  }

  async #register(
    { user, password }: AccountName,
    { admin, inhibit_login }: { readonly admin: boolean; readonly inhibit_login: boolean },
  ): Promise<{ user_id: string; device_id: string; access_token: string } | undefined> {
    const path = '/_synapse/admin/v1/register';
    const nonce = await this.#nonce(path);
    const mac = createHmac('sha1', this.#secret)
      .update([nonce, user, password, admin ? 'admin' : 'notadmin'].join('\0'))
      .digest('hex');
    const body = { nonce, username: user, password, admin, mac, inhibit_login };
    try {
      return await this.#call(path, { method: 'POST', body });
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown;
      if (thrown.errcode === 'M_USER_IN_USE') return undefined;
      if (thrown.status !== 403) throw unexpected(thrown);
      throw new AppError('forbidden', 'Synapse does not take the registration secret', {
        hint: 'Look whether homeserver.yaml names registration_shared_secret (or its …_path), and restart Synapse after a change.',
        cause: thrown,
      });
    }
  }

  async #nonce(path: string): Promise<string> {
    try {
      return (await this.#call<{ nonce: string }>(path)).nonce;
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown;
      if (!/shared secret/i.test(thrown.says)) throw unexpected(thrown);
      throw new AppError('forbidden', `Synapse makes no accounts for set-up: it says “${thrown.says}”`, {
        hint: 'Restart Synapse: it reads registration_shared_secret in homeserver.yaml only when it starts.',
        cause: thrown,
      });
    }
  }

  /** Whether a token still counts. */
  async knows(token: string): Promise<boolean> {
    try {
      await this.#call('/_matrix/client/v3/account/whoami', { token });
      return true;
    } catch (thrown) {
      if (thrown instanceof Refused && thrown.status === 401) return false;
      throw thrown instanceof Refused ? unexpected(thrown) : thrown;
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

  /** Gives an account a new password and ends its sessions; `token` is one of a server admin. */
  async resetPassword({ user, password }: AccountName, token: string): Promise<void> {
    const body = { new_password: password, logout_devices: true };
    await this.#admin(`/v1/reset_password/${encodeURIComponent(user)}`, body, token);
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

  /** Asks again after a pause where Synapse wants one, as long as that is not absurd. */
  async #call<T>(path: string, call: Call = {}): Promise<T> {
    for (let restMs = 0; ; ) {
      const refused = await this.#try<T>(path, call);
      if (!(refused instanceof Refused)) return refused;
      restMs += refused.retryAfterMs;
      if (refused.status !== 429 || restMs > LONGEST_REST_MS) throw refused;
      await this.#rest(refused.retryAfterMs);
    }
  }

  async #try<T>(path: string, { method = 'GET', body, token }: Call): Promise<T | Refused> {
    const response = await this.#fetch(path, method, { body, token });
    const answer: unknown = await response.json().catch(() => ({}));
    if (response.ok) return answer as T;
    const what = `${method} ${path.split('/').slice(0, 5).join('/')}`;
    return new Refused(what, response.status, (answer ?? {}) as Record<string, unknown>);
  }

  async #fetch(path: string, method: string, { body, token }: Pick<Call, 'body' | 'token'>): Promise<Response> {
    try {
      return await this.#ask(this.url + path, {
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

function unexpected({ message, cause, status, retryAfterMs }: Refused): AppError {
  return new AppError('unavailable', `Synapse refused what set-up asked (${message})`, {
    hint:
      status === 429
        ? `Wait ${Math.ceil(retryAfterMs / 60_000)} minutes and run set-up again: it goes on where it stopped.`
        : 'Mend what it says, and run set-up again: it goes on where it stopped.',
    cause,
  });
}
