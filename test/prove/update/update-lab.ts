import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { PersonId } from '../../../core/caller.ts';
import { systemClock } from '../../../core/clock.ts';
import type { OpenState } from '../../../core/control.ts';
import { compareKept, digestKept, type KeptDigest } from '../../../core/kept-digest.ts';
import { openState } from '../../../core/sqlite/open-state.ts';
import { repliesTo, textFile } from '../../e2e/house.ts';
import { FamilyClient } from '../../lab/family-client.ts';
import { BOT, Household, passwordOf } from '../../lab/household.ts';
import { type Synapse, startSynapse } from '../../lab/synapse.ts';
import { PATIENCE_MS } from '../../patience.ts';
import type { RealCase } from './real-cases.ts';
import { RealHost } from './real-host.ts';
import { ReleaseServer } from './real-release.ts';

const QUESTION = 'Who has the spare key?';

/** How an update ended, seen from outside. */
export interface RealEnd {
  readonly version: string;
  readonly faults: readonly string[];
}

/** How the helper is killed in the middle of an update: at which call, and whether the machine stops with it. */
export interface RealKill {
  readonly call: number;
  readonly isBoot: boolean;
}

interface Parts {
  readonly dir: string;
  readonly synapse: Synapse;
  readonly home: Household;
  readonly feed: ReleaseServer;
  readonly host: RealHost;
}

/** A household on a real homeserver that is updated from version to version, by the product's own ops and the real helper. */
export class UpdateLab {
  readonly #parts: Parts;
  #ada!: FamilyClient;
  #room = '';
  #asked = 0;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  static async open({ gateSeconds = 60, watchSeconds = 4 } = {}): Promise<UpdateLab> {
    const dir = mkdtempSync(join(tmpdir(), 'kin-update-'));
    const synapse = await startSynapse({ rateLimits: 'lifted' });
    const feed = await ReleaseServer.start(dir);
    const host = new RealHost();
    const settings = {
      host: { spoolDir: host.host.spool },
      update: { kind: 'releases', feed: feed.url, keyFile: feed.publisher.keyFile, watchSeconds },
      jobs: { hostUpdates: '' },
    };
    const home = await Household.prepare({ synapse, people: [{ local: 'ada', role: 'admin' }], settings });
    const { configFile: settingsFile, stateDir } = home;
    host.prepare({ settingsFile, stateDir, keyring: feed.publisher.keyring, gateSeconds });
    const lab = new UpdateLab({ dir, synapse, home, feed, host });
    await lab.#moveIn();
    return lab;
  }

  /** Publishes the version of a case, lets an admin's request update to it, and looks at what comes of it. */
  async update(version: string, one: RealCase, kill?: RealKill): Promise<RealEnd> {
    const { feed, host } = this.#parts;
    const from = host.current;
    const since = Date.now();
    const kept = await this.#withState((state) => digestKept(state));
    await feed.publish(version, one.patches);
    const acts = host.host.acts().length;
    if (kill) host.host.killAt(kill.call);
    let isKilled = false;
    let isBootOver = false;
    host.serve(async () => {
      isKilled = true;
      await this.#afterKill(kill!);
      isBootOver = kill!.isBoot;
    });
    await this.#askForUpdate();
    // In the middle of it: whichever version there is in the end has to answer it, once.
    const question = await this.#ada.say(this.#room, QUESTION);
    await until('the end of the update', () => hasEnded(host, { acts, isBootOver }));
    await host.serveNoMore();
    if (kill && !isKilled) host.host.killNoMore();
    await until('ops to tell the end', () =>
      this.#withState(({ control }) => control.facts.get('update') === undefined),
    );
    const end = host.current === version ? 'new' : 'old';
    const faults: string[] = [];
    if (host.current !== version && host.current !== from) faults.push(`${host.current} is linked`);
    if (!kill && end !== one.end) faults.push(`the ${end} version is linked`);
    faults.push(...(await this.#judgeState(kept, end === 'old' ? one.why : undefined, { since, isKilled })));
    faults.push(...(await this.#judgeAnswer(question)));
    return { version: host.current, faults };
  }

  /** What the services wrote last; for a case that went wrong. */
  logs(): string {
    return (
      ['bot', 'ops'].map((unit) => this.#parts.host.log(unit as 'bot' | 'ops').slice(-3000)).join('\n---\n') +
      this.#parts.host.host.acts()
    );
  }

  async close(): Promise<void> {
    const { dir, synapse, home, feed, host } = this.#parts;
    await this.#ada?.stop();
    await host.close();
    await feed.close();
    await home.close();
    await synapse.stop();
    rmSync(dir, { recursive: true, force: true });
  }

  /** The bot's first start, a document, and ops beside it. */
  async #moveIn(): Promise<void> {
    const { home, host, synapse } = this.#parts;
    await host.systemctl('start');
    const account = { homeserver: synapse.baseUrl, user: 'ada', password: passwordOf('ada') };
    this.#ada = home.adopt(await FamilyClient.login({ ...account, crossSigned: true }));
    this.#room = await this.#ada.openChatWith(BOT, { encrypted: true });
    await this.#ada.awaitMembership(this.#room, BOT, 'join');
    const text = 'The spare key is with Mrs Dupont on the second floor.';
    const file = await this.#ada.sendFile(this.#room, textFile('keys.txt', text));
    await this.#ada.until(
      'the document to be kept',
      () => this.#repliesTo(file, /is document/i).length > 0,
      PATIENCE_MS,
    );
  }

  async #askForUpdate(): Promise<void> {
    this.#asked += 1;
    const wish = {
      source: `$update-${this.#asked}`,
      person: '@ada:home.test' as PersonId,
      job: 'update',
      dry: false,
    } as const;
    await this.#withState(({ control }) => control.requests.ask({ ...wish, at: Date.now() }));
  }

  async #afterKill({ isBoot }: RealKill): Promise<void> {
    const { host } = this.#parts;
    host.host.killNoMore();
    if (isBoot) {
      await host.systemctl('kill');
      await host.systemctl('start');
    }
    await host.host.runToKill('resume');
  }

  async #judgeState(
    before: KeptDigest,
    why: string | undefined,
    when: { since: number; isKilled: boolean },
  ): Promise<string[]> {
    const { host } = this.#parts;
    const version = host.current;
    const faults: string[] = [];
    await until(`the bot of ${version} to live`, () =>
      this.#withState(({ control }) => {
        const beat = control.heartbeats.of('bot');
        return beat?.figures.version === version && beat.figures.trial === undefined && Date.now() - beat.at < 30_000;
      }),
    );
    await this.#withState((state) => {
      const { missing, changed } = compareKept(before, digestKept(state));
      if (missing + changed > 0) faults.push(`${missing} documents are missing, ${changed} are others`);
      const told = state.control.alerts
        .recent(20)
        .filter(({ code, raisedAt }) => code.startsWith('update-') && raisedAt >= when.since);
      if (when.isKilled) return;
      const code = why === undefined ? 'update-done' : 'update-returned';
      if (told.length !== 1 || told[0]!.code !== code || told[0]!.facts.why !== why)
        faults.push(`told ${JSON.stringify(told.map((alert) => [alert.code, alert.facts]))}`);
    });
    return faults;
  }

  async #judgeAnswer(question: string): Promise<string[]> {
    await this.#ada.until('the answer', () => this.#repliesTo(question, /Mrs Dupont/).length > 0, PATIENCE_MS);
    const replies = this.#repliesTo(question, /./s).length;
    return replies === 1 ? [] : [`the question was answered ${replies} times`];
  }

  #repliesTo(event: string, matching: RegExp) {
    const messages = this.#ada.messages(this.#room);
    return messages.filter(
      (message) => message.sender === BOT && repliesTo(message, event) && matching.test(message.text),
    );
  }

  /** Beside the running services, as a command at the shell does; never while the helper is at work. */
  async #withState<Result>(use: (state: OpenState) => Result): Promise<Result> {
    const { stateDir } = this.#parts.home;
    const passphrase = 'a passphrase of the laboratory';
    using state = await openState({ stateDir, passphrase, create: false, clock: systemClock });
    return use(state);
  }
}

/**
 * Whether the helper has said how an update ended, and has nothing left to do. Of a request that was cut off before it was read nothing says what
 * it was: the update's own, once packages had been looked at, and else followed by it. Where ops died with the machine before it asked for the
 * update, nothing follows any more.
 */
function hasEnded({ host }: RealHost, { acts, isBootOver }: { readonly acts: number; readonly isBootOver: boolean }) {
  const lines = host.acts().slice(acts).split('\n');
  const said = (what: RegExp) => lines.some((line) => what.test(line));
  const isApplied = said(/ apply-release: (ok|failed|refused)/);
  const isCutOff = said(/ unread: /) && (isBootOver || said(/ check-updates: /));
  const waits = readdirSync(join(host.spool, 'requests')).length > 0 || existsSync(join(host.spool, 'taken', 'now'));
  const neverBegan = isBootOver && !waits && !said(/ apply-release /);
  return (isApplied || isCutOff || neverBegan) && !existsSync(join(host.var, 'update.journal'));
}

async function until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await pause(300);
  }
}
