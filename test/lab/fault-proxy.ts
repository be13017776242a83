import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, forward, halfOf, json, type Passing, page, show, wholeBody } from './fault-passage.ts';

/**
 * What may happen to a request.
 * too-many-requests  429 with Retry-After; the homeserver does not get the request
 * bad-gateway        502 with an HTML page, as a reverse proxy writes it; not delivered
 * no-backend         404 with a text page and no Matrix error code, as some proxies say while the homeserver is away; not delivered
 * reset-before       the connection breaks; not delivered
 * reset-after        the homeserver has answered, then the connection breaks
 * hang               delivered, but no answer for `hangMs`, then the connection breaks
 * truncated          delivered; the answer's JSON is cut in the middle, with a fitting length
 * repeated-sync      a sync is answered with the body of the sync before it, which names the same next_batch
 * slow               delivered; the answer comes `slowMs` later
 */
export type Fault =
  | 'too-many-requests'
  | 'bad-gateway'
  | 'no-backend'
  | 'reset-before'
  | 'reset-after'
  | 'hang'
  | 'truncated'
  | 'repeated-sync'
  | 'slow';

/** Where and how often a fault strikes. The first rule that strikes decides. */
export interface FaultRule {
  readonly fault: Fault;
  /** 0 to 1: the share of fitting requests. */
  readonly share: number;
  /** Tested against path and query. Default: every path. */
  readonly path?: RegExp;
  readonly method?: string;
  /** Strikes at most so often. */
  readonly times?: number;
}

/** A PUT .../send/... that passed, for counting from outside what a client really sent. */
export interface RecordedSend {
  readonly roomId: string;
  readonly type: string;
  readonly txnId: string;
  readonly content: Record<string, unknown>;
  readonly fault?: Fault;
  /** The homeserver's status; undefined when it never got the request. */
  readonly status?: number;
  readonly eventId?: string;
}

/** A reverse proxy before a homeserver that breaks things on purpose. */
export interface FaultProxy {
  /** Given to the client in place of the homeserver's address. */
  readonly url: string;
  /** How often each fault was injected. */
  readonly injected: Readonly<Record<Fault, number>>;
  /** Requests seen, faults included. */
  readonly requests: number;
  readonly sends: readonly RecordedSend[];
  /** Replaces the plan from the next request on; `[]` lets everything pass. */
  setRules(rules: readonly FaultRule[]): void;
  stop(): Promise<void>;
}

/** Where the proxy leads and what it does on the way. */
export interface FaultProxyOptions {
  readonly upstream: string;
  /** The same seed draws the same faults for the same order of requests. Print it. */
  readonly seed: number;
  readonly rules?: readonly FaultRule[];
  readonly hangMs?: number;
  readonly slowMs?: number;
  readonly retryAfterMs?: number;
}

/** Starts the proxy on a free loopback port. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const proxy = new RunningProxy(options);
  await proxy.listen();
  return proxy;
}

class RunningProxy implements FaultProxy {
  url = '';
  requests = 0;
  readonly sends: RecordedSend[] = [];
  readonly injected: Record<Fault, number> = {
    'too-many-requests': 0,
    'bad-gateway': 0,
    'no-backend': 0,
    'reset-before': 0,
    'reset-after': 0,
    hang: 0,
    truncated: 0,
    'repeated-sync': 0,
    slow: 0,
  };
  private readonly options: FaultProxyOptions;
  private readonly server: Server;
  private readonly random: () => number;
  private rules: readonly FaultRule[];
  private struck: number[] = [];
  /** The last sync body per access token. */
  private readonly syncs = new Map<string, Answer>();

  constructor(options: FaultProxyOptions) {
    this.options = options;
    this.rules = options.rules ?? [];
    this.random = mulberry32(options.seed);
    // A client that went away (a killed bot) makes the handler fail: that is its business.
    this.server = createServer(
      (request, response) => void this.handle(request, response).catch(() => response.destroy()),
    );
    // A long poll is no idle connection.
    this.server.requestTimeout = 0;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => this.server.once('error', reject).listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  setRules(rules: readonly FaultRule[]): void {
    this.rules = rules;
    this.struck = [];
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await wholeBody(request);
    const passing = { method: request.method ?? 'GET', path: request.url ?? '/', headers: request.headers, body };
    this.requests += 1;
    const fault = this.draw(passing);
    if (fault !== undefined) this.injected[fault] += 1;
    const instead = fault === undefined ? undefined : this.answerInstead(fault, passing);
    if (instead !== undefined || fault === 'reset-before') {
      this.record(passing, fault, undefined);
      show(response, instead);
      return;
    }
    const answer = await forward(this.options.upstream, passing, response);
    if (passing.path.includes('/sync?') && answer.status === 200) this.syncs.set(token(passing), answer);
    this.record(passing, fault, answer);
    if (fault === 'slow') await sleep(this.options.slowMs ?? 500);
    if (fault === 'hang') await sleep(this.options.hangMs ?? 5_000);
    show(
      response,
      fault === 'reset-after' || fault === 'hang' ? undefined : fault === 'truncated' ? halfOf(answer) : answer,
    );
  }

  private draw(passing: Passing): Fault | undefined {
    for (const [index, rule] of this.rules.entries()) {
      if (rule.method !== undefined && rule.method !== passing.method) continue;
      if (rule.path?.test(passing.path) === false) continue;
      if (rule.fault === 'repeated-sync' && this.earlierSync(passing) === undefined) continue;
      if ((this.struck[index] ?? 0) >= (rule.times ?? Number.POSITIVE_INFINITY)) continue;
      if (this.random() >= rule.share) continue;
      this.struck[index] = (this.struck[index] ?? 0) + 1;
      return rule.fault;
    }
    return undefined;
  }

  /** The answer of a fault that keeps the request from the homeserver; undefined for the others. */
  private answerInstead(fault: Fault, passing: Passing): Answer | undefined {
    if (fault === 'repeated-sync') return this.earlierSync(passing);
    if (fault === 'bad-gateway') return page(502, 'text/html', '<html><body><h1>502 Bad Gateway</h1></body></html>');
    if (fault === 'no-backend') return page(404, 'text/plain', '404 page not found\n');
    if (fault !== 'too-many-requests') return undefined;
    const waitMs = this.options.retryAfterMs ?? 300;
    const refusal = { errcode: 'M_LIMIT_EXCEEDED', error: 'Too Many Requests', retry_after_ms: waitMs };
    const answer = page(429, 'application/json', JSON.stringify(refusal));
    return { ...answer, headers: { ...answer.headers, 'retry-after': String(Math.ceil(waitMs / 1000)) } };
  }

  /** The body that led the client to the `since` it asks with now. */
  private earlierSync(passing: Passing): Answer | undefined {
    const since = new URL(passing.path, 'http://proxy').searchParams.get('since');
    const earlier = passing.path.includes('/sync?') && since !== null ? this.syncs.get(token(passing)) : undefined;
    if (earlier === undefined) return undefined;
    const { next_batch: next } = JSON.parse(earlier.body.toString()) as { next_batch: string };
    return next === since ? earlier : undefined;
  }

  private record(passing: Passing, fault: Fault | undefined, delivered: Answer | undefined): void {
    const match = /\/rooms\/([^/]+)\/send\/([^/]+)\/([^/?]+)/.exec(passing.path);
    if (passing.method !== 'PUT' || match === null) return;
    const [roomId, type, txnId] = match.slice(1).map(decodeURIComponent) as [string, string, string];
    const eventId = delivered === undefined ? undefined : (json(delivered.body).event_id as string | undefined);
    this.sends.push({
      roomId,
      type,
      txnId,
      content: json(passing.body),
      ...(fault === undefined ? {} : { fault }),
      ...(delivered === undefined ? {} : { status: delivered.status }),
      ...(eventId === undefined ? {} : { eventId }),
    });
  }
}

function token(passing: Passing): string {
  return passing.headers.authorization ?? '';
}

/** https://gist.github.com/tommyettinger/46a874533244883189143505d203312c: small, seedable, good enough to draw faults. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
