import type { Language } from '../core/caller.ts';
import type { Clock } from '../core/clock.ts';
import type { OpenState } from '../core/control.ts';
import type { Logger } from '../core/log.ts';
import { opsLanguage } from '../core/ops-language.ts';
import type { ModelsInUse } from './commands/services.ts';
import type { HandOver } from './hand-over.ts';
import type { CryptoMachine } from './matrix/crypto-machine.ts';
import type { Homeserver } from './matrix/homeserver.ts';
import { messageContent } from './matrix/message-content.ts';
import type { Outbox } from './matrix/outbox.ts';
import { exportedKeys } from './matrix/own-identity.ts';
import type { RoomBook } from './matrix/room-book.ts';
import { storeSecrets } from './matrix/secret-storage.ts';
import { ensureOpsRoom, opsRoomId } from './ops-room.ts';
import { say } from './wording/say.ts';

interface OpsDeskParts {
  readonly own: string;
  readonly state: OpenState;
  readonly homeserver: Homeserver;
  readonly outbox: Outbox;
  readonly rooms: RoomBook;
  readonly handOver: HandOver;
  readonly setting: string;
  readonly models: () => ModelsInUse;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Asks the sending loop to look at the outbox. */
  readonly wake: () => void;
}

const CHECK_MS = 10 * 60_000;
const RETRY_MS = 15_000;
/** The fact that the key of the bot's secret storage was queued for the admins. */
const KEY_TOLD = 'recovery-key-told';

/** The fact that a lockdown was lifted, and when, until the ops room was told. Set by the entry file. */
export const UNLOCKED = 'unlocked';

/** What the bot says in the ops room by itself, and the room's upkeep: recovery keys, what is running, who is in it. */
export class OpsDesk {
  #parts: OpsDeskParts;
  #startedAt: number;
  #nextCheck = 0;
  #checking: Promise<boolean> | undefined;

  constructor(parts: OpsDeskParts) {
    this.#parts = parts;
    this.#startedAt = parts.clock();
  }

  /** Queues the two secrets of the first start for the admins, each once. Before the room exists they wait in the outbox. */
  async handOverSecrets(crypto: CryptoMachine): Promise<void> {
    const { state, outbox, homeserver, own, handOver } = this.#parts;
    const code = state.newRecoveryCode;
    if (code !== undefined) {
      // Named after the start: should two starts have made one each, the admins get both, and the later one is valid.
      const transaction = `kin.recovery-code.${this.#startedAt.toString(36)}`;
      handOver.noteCode(transaction, code);
      this.#say(transaction, say(this.#language(), 'ops.recovery-code', { code }));
      state.recoveryCodeTold();
    }
    // The outbox forgets what it sent after a month; a second key would replace the one that the admins have.
    if (state.control.facts.get(KEY_TOLD) !== undefined) return;
    if (outbox.find('kin.recovery-key')) return state.control.facts.set(KEY_TOLD, 'yes');
    const keys = await exportedKeys(crypto.machine);
    if (keys === undefined) return;
    const key = await storeSecrets(homeserver, own, keys);
    handOver.noteMessage('kin.recovery-key');
    this.#say('kin.recovery-key', say(this.#language(), 'ops.recovery-key', { key }));
    state.control.facts.set(KEY_TOLD, 'yes');
  }

  /** True when it is time to look after the room again. */
  isDue(): boolean {
    return this.#parts.clock() >= this.#nextCheck;
  }

  /** Makes the ops room, or brings its members in line with who is an admin. False when the server did not let us; tried again soon. */
  refresh(): Promise<boolean> {
    this.#checking ??= this.#refresh().finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  async #refresh(): Promise<boolean> {
    const { own, homeserver, rooms, state, clock, setting, outbox, log, wake } = this.#parts;
    const { people, facts } = state.control;
    try {
      const room = await ensureOpsRoom({ own, homeserver, rooms, people, facts, now: clock }, setting);
      outbox.address(room);
      this.#announce();
      this.#parts.handOver.noteDelivered();
      this.#nextCheck = clock() + CHECK_MS;
      wake();
      return true;
    } catch (error) {
      this.#nextCheck = clock() + RETRY_MS;
      log.warn({ err: error }, 'the ops room could not be brought up to date');
      return false;
    }
  }

  /** Tells the ops room what is running and which model answers, whenever that changed. */
  #announce(): void {
    const { state, models, version } = this.#parts;
    this.#tellUnlocked(state);
    const model = models().answering?.name ?? '';
    const news = `${version} ${model}`;
    if (state.control.facts.get('announced') === news) return;
    this.#say(`kin.started.${this.#startedAt.toString(36)}`, say(this.#language(), 'ops.started', { version, model }));
    state.control.facts.set('announced', news);
  }

  #tellUnlocked({ control: { facts } }: OpenState): void {
    const at = facts.get(UNLOCKED);
    if (at === undefined) return;
    this.#say(`kin.unlocked.${at}`, say(this.#language(), 'lockdown.over'));
    facts.delete(UNLOCKED);
  }

  #language(): Language {
    return opsLanguage(this.#parts.state.control.people);
  }

  #say(transaction: string, markdown: string): void {
    this.#parts.outbox.add({
      transaction,
      room: opsRoomId(this.#parts.state.control.facts) ?? '',
      audience: { kind: 'ops' },
      type: 'm.room.message',
      content: messageContent(markdown, 'm.notice'),
    });
  }
}
