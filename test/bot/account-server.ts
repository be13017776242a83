import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, type Asked, type Json, StandInServer, sendJson } from './stand-in-server.ts';

/** Between the two answers: long enough that a client that takes the first one for the end has given up. */
const REFUSED_MS = 200;

/** What a homeserver does at the n-th request that matters: it dies before or after acting on it, or refuses it. */
export type Trouble =
  | { readonly at: number; readonly kind: 'hangs-before' | 'hangs-after' }
  | { readonly at: number; readonly kind: 'refuses'; readonly answer: Answer };

/**
 * The account part of a homeserver on real HTTP: logins to named devices, devices with keys, tokens, and a change of the password by
 * user-interactive auth, as the specification has it. `revokesAtLogin`: a login ends earlier tokens of its device; Synapse does not, others do.
 */
export class AccountServer extends StandInServer {
  password = 'the first password';
  /** Device by token. */
  readonly tokens = new Map([['first-token', 'DEVICE']]);
  readonly keys = new Set(['DEVICE']);
  capabilities: Json = { 'm.change_password': { enabled: true } };
  flows: Json[] = [{ stages: ['m.login.password'] }];
  trouble: Trouble | undefined;
  /** "login", "password", "devices" and so on, in order. */
  readonly asked: string[] = [];
  readonly #revokesAtLogin: boolean;
  readonly #polls: ServerResponse[] = [];
  #logins = 0;

  private constructor(revokesAtLogin: boolean) {
    super();
    this.#revokesAtLogin = revokesAtLogin;
  }

  static start(options: { readonly revokesAtLogin: boolean }): Promise<AccountServer> {
    return new AccountServer(options.revokesAtLogin).open();
  }

  protected async answer({ path, token, body, response }: Asked): Promise<Answer | undefined> {
    const what = path.split('/').at(-1)!;
    this.asked.push(what);
    if (what === 'sync') {
      this.#polls.push(response);
      return undefined;
    }
    const trouble = this.trouble?.at === this.asked.length ? this.trouble : undefined;
    if (trouble?.kind === 'hangs-before') return undefined;
    const answer = trouble?.kind === 'refuses' ? trouble.answer : this.#answer(what, token, body);
    if (trouble?.kind === 'hangs-after') return undefined;
    if (what === 'login' && this.#revokesAtLogin) await this.#refusePolls();
    return answer;
  }

  /** Who polls with a token that has just ended hears of it before the login is answered. */
  async #refusePolls(): Promise<void> {
    for (const poll of this.#polls.splice(0)) {
      await sendJson(poll, [401, { errcode: 'M_UNKNOWN_TOKEN' }]);
      await pause(REFUSED_MS);
    }
  }

  /** Answers what polls now. */
  endPolls(): void {
    for (const poll of this.#polls.splice(0)) void sendJson(poll, [200, { next_batch: 's2' }]);
  }

  get polling(): number {
    return this.#polls.length;
  }

  #answer(what: string, token: string, body: Json): Answer {
    if (what === 'login') return this.#login(body);
    const device = this.tokens.get(token);
    if (device === undefined) return [401, { errcode: 'M_UNKNOWN_TOKEN', error: 'no' }];
    if (what === 'password') return this.#change(body, { token, device });
    if (what === 'capabilities') return [200, { capabilities: this.capabilities }];
    if (what === 'devices')
      return [200, { devices: [...new Set(this.tokens.values())].map((id) => ({ device_id: id })) }];
    if (what === 'query')
      return [200, { device_keys: { '@kin:home.test': Object.fromEntries([...this.keys].map((id) => [id, {}])) } }];
    return [200, { user_id: '@kin:home.test', device_id: device }];
  }

  #login({ password, device_id: device }: Json): Answer {
    if (password !== this.password) return [403, { errcode: 'M_FORBIDDEN', error: 'wrong' }];
    this.#logins += 1;
    const token = `token-${this.#logins}`;
    if (this.#revokesAtLogin) this.#end((_one, of) => of === device);
    this.tokens.set(token, String(device));
    return [200, { user_id: '@kin:home.test', device_id: device, access_token: token }];
  }

  #change(body: Json, own: { token: string; device: string }): Answer {
    const auth = body.auth as Json | undefined;
    const proof = { session: 'a-session', flows: this.flows, params: {} };
    if (auth === undefined) return [401, proof];
    if (auth.session !== 'a-session' || auth.password !== this.password)
      return [401, { ...proof, errcode: 'M_FORBIDDEN', error: 'wrong' }];
    this.password = String(body.new_password);
    if (body.logout_devices === true) this.#end((token) => token !== own.token);
    return [200, {}];
  }

  #end(isOver: (token: string, device: string) => boolean): void {
    for (const [token, device] of this.tokens) {
      if (!isOver(token, device)) continue;
      this.tokens.delete(token);
      if (![...this.tokens.values()].includes(device) && device !== 'DEVICE') this.keys.delete(device);
    }
  }
}
