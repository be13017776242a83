import { RoomId, Sas, UserId, VerificationMethod, type VerificationRequest } from '@matrix-org/matrix-sdk-crypto-wasm';
import type { CryptoMachine } from './crypto-machine.ts';
import type { CryptoRequest } from './crypto-requests.ts';
import type { MatrixEvent } from './events.ts';

/** One verification. `room` is where it was started; undefined for one from device to device. */
export interface VerificationFlow {
  readonly person: string;
  readonly flow: string;
  readonly room: string | undefined;
}

/** What the person compares: symbols with their English names, in order. */
export interface EmojiCheck extends VerificationFlow {
  readonly emojis: readonly { symbol: string; name: string }[];
}

/** How the person hears of a verification. */
export interface VerificationTold {
  readonly emojis: (check: EmojiCheck) => void;
  /** One that had come to the emojis is over. */
  readonly ended: (end: VerificationFlow & { readonly done: boolean }) => void;
}

/**
 * Answers emoji verifications that known people start, in a room or device to device. The bot has no eyes: it shows its
 * emojis and confirms its side; the person compares them with their own screen and decides.
 */
export class VerificationAnswerer {
  #crypto: CryptoMachine;
  #tell: VerificationTold;
  #shown = new Set<string>();

  constructor(crypto: CryptoMachine, tell: VerificationTold) {
    this.#crypto = crypto;
    this.#tell = tell;
  }

  /** Takes an in-room verification event (decrypted). */
  async receive(event: MatrixEvent, room: string): Promise<void> {
    await this.#crypto.machine.receiveVerificationEvent(JSON.stringify({ ...event, room_id: room }), new RoomId(room));
    // The library queues some answers (its own key, for one) instead of returning them.
    await this.#crypto.flush();
  }

  /** Moves every verification with these people on as far as it goes now. Call after each sync and each in-room event. */
  async advance(people: readonly string[]): Promise<void> {
    for (const person of people) {
      // Nobody is to be given the bot's signature for an identity that is not known to be theirs.
      if (await this.#crypto.isChanged(person)) continue;
      for (const request of this.#crypto.machine.getVerificationRequests(new UserId(person)))
        await this.#advanceOne(person, request);
    }
  }

  async #advanceOne(person: string, request: VerificationRequest): Promise<void> {
    if (request.isDone() || request.isCancelled() || request.timedOut()) {
      const wasShown = this.#shown.delete(request.flowId);
      if (wasShown) this.#tell.ended({ ...flowOf(person, request), done: request.isDone() });
      return;
    }
    if (!request.weStarted() && !request.isReady() && !request.getVerification()) {
      await this.#send(request.acceptWithMethods([VerificationMethod.SasV1]));
    }
    const sas = request.getVerification();
    if (!(sas instanceof Sas) || sas.isCancelled() || sas.isDone()) return;
    if (!sas.weStarted() && !sas.hasBeenAccepted()) await this.#send(sas.accept());
    if (sas.canBePresented() && !sas.haveWeConfirmed()) await this.#confirm(flowOf(person, request), sas);
  }

  async #confirm(flow: VerificationFlow, sas: Sas): Promise<void> {
    if (!this.#shown.has(flow.flow)) {
      this.#shown.add(flow.flow);
      const emojis = (sas.emoji() ?? []).map(({ symbol, description }) => ({ symbol, name: description }));
      this.#tell.emojis({ ...flow, emojis });
    }
    for (const request of await sas.confirm()) await this.#send(request);
  }

  async #send(request: unknown): Promise<void> {
    if (request) await this.#crypto.perform(request as CryptoRequest);
  }
}

function flowOf(person: string, request: VerificationRequest): VerificationFlow {
  return { person, flow: request.flowId, room: request.roomId?.toString() };
}
