import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import type { OpenState } from '../../core/control.ts';
import { AppError } from '../../core/errors.ts';
import { readKeyFile } from '../../core/keys/key-file.ts';
import { refuseLockedDown } from '../../core/keys/lockdown.ts';
import { changePassphrase, newCodeFor, resetPassphrase, unlockMasterKey } from '../../core/keys/master-key.ts';
import { wipe } from '../../core/keys/wipe.ts';
import { withKeyLock } from '../../core/sqlite/key-lock.ts';
import { openState } from '../../core/sqlite/open-state.ts';
import { holdLock } from '../../core/sqlite/process-lock.ts';
import { rotateMasterKey } from '../../core/sqlite/rotate-master-key.ts';
import { askNewPassphrase } from './ask-new-passphrase.ts';
import { confirmCode } from './confirm-code.ts';
import { type KeyList, keyList } from './key-ages.ts';
import type { Prompt } from './prompt.ts';

/** Who acts, in the audit: somebody at the machine, with the passphrase. */
const ACTOR = 'shell';

interface KeysDeskParts {
  readonly stateDir: string;
  /** What `keys.passphraseFile` holds; undefined: it is asked for. */
  readonly passphrase: string | undefined;
  /** Named in replies, where one is set. */
  readonly passphraseFile: string | undefined;
  readonly prompt: Prompt;
  readonly say: (line: string) => void;
  readonly clock: Clock;
}

/** `kinkeeper keys ...`: everything that is done to keys at the shell. Every act leaves a row in the audit. */
export class KeysDesk {
  readonly #parts: KeysDeskParts;
  readonly #keyFile: string;

  constructor(parts: KeysDeskParts) {
    this.#parts = parts;
    this.#keyFile = join(parts.stateDir, 'keys.json');
  }

  /** Nothing more is asked at the terminal, or read from a pipe. */
  close(): void {
    this.#parts.prompt.close();
  }

  /** Ages and counts; changes nothing. */
  async list(): Promise<KeyList> {
    refuseLockedDown(this.#parts.stateDir);
    using state = await this.#open(await this.#passphrase());
    return keyList(readKeyFile(this.#keyFile), state.keys.ages(), state.keys.waiting().length);
  }

  /** A new passphrase with the old one, which is asked for. Bot and ops go on meanwhile, or stay locked down. */
  async passphrase(): Promise<void> {
    const { prompt, stateDir, clock } = this.#parts;
    const old = await prompt.secret('Passphrase of now');
    // Asked before anything else is typed, so that a typing mistake shows at once.
    wipe(await unlockMasterKey(this.#keyFile, old));
    const passphrase = await askNewPassphrase(prompt);
    await withKeyLock(stateDir, () => changePassphrase(this.#keyFile, old, { passphrase, at: clock() }));
    await this.#record(passphrase, 'keys.passphrase');
    this.#sayPassphraseSet();
  }

  /** A new passphrase with the recovery code, which stays valid. */
  async recover(): Promise<void> {
    const { prompt, stateDir, clock } = this.#parts;
    const code = await prompt.line('Recovery code');
    const passphrase = await askNewPassphrase(prompt);
    await withKeyLock(stateDir, () => resetPassphrase(this.#keyFile, code, { passphrase, at: clock() }));
    await this.#record(passphrase, 'keys.recover');
    this.#sayPassphraseSet();
  }

  /** A new recovery code; the old one counts until a part of the new one was typed back. False when it was not. */
  async recoveryCode(): Promise<boolean> {
    const { prompt, say, stateDir, clock } = this.#parts;
    refuseLockedDown(stateDir);
    const passphrase = await this.#passphrase();
    const masterKey = await unlockMasterKey(this.#keyFile, passphrase);
    try {
      const { code, store } = newCodeFor(this.#keyFile, masterKey, clock());
      if (!(await confirmCode(code, { prompt, say }))) return false;
      await withKeyLock(stateDir, store);
    } finally {
      wipe(masterKey);
    }
    using state = await this.#open(passphrase);
    state.recoveryCodeTold();
    record(state, { at: clock(), action: 'keys.recovery-code', target: '-' });
    say('The new recovery code counts from now on; the old one opens nothing any more.');
    return true;
  }

  /** A new master key, and with it a new recovery code. bot and ops have to be stopped. False when it was not confirmed. */
  async rotateMaster(): Promise<boolean> {
    const { prompt, say, stateDir, clock } = this.#parts;
    refuseLockedDown(stateDir);
    using _bot = whileStopped(stateDir, 'bot');
    using _ops = whileStopped(stateDir, 'ops');
    const passphrase = await this.#passphrase();
    const confirmed = (code: string) => confirmCode(code, { prompt, say });
    if (!(await rotateMasterKey({ stateDir, passphrase, at: clock(), confirmed }))) return false;
    await this.#record(passphrase, 'keys.rotate-master');
    say('The master key is new. The passphrase stays; the old recovery code opens nothing any more.');
    say('Backups from before open with the old passphrase or code only as long as their own keys.json is in them.');
    return true;
  }

  /** New keys for one person or for all: here where the bot is stopped, else by the running bot. */
  async rotate(who: string): Promise<void> {
    const { say, stateDir, clock } = this.#parts;
    refuseLockedDown(stateDir);
    using state = await this.#open(await this.#passphrase());
    const person = who === 'all' ? undefined : state.control.people.find(who);
    if (who !== 'all' && person === undefined) throw unknownPerson(who);
    // What somebody lends is theirs too: each share has a key of its own.
    const tenants = person && [person.tenant, ...state.shares.lentFrom(person.tenant).map(({ shelf }) => shelf.tenant)];
    const count = (tenants ?? (['all'] as const)).reduce((sum, which) => sum + state.keys.request(which, clock()), 0);
    record(state, { at: clock(), action: 'keys.rotate', target: who });
    const lock = ifStopped(stateDir);
    if (lock === undefined) {
      say(
        `The bot is running: it changes ${count} ${count === 1 ? 'key' : 'keys'} beside its work and tells the ops room.`,
      );
      return;
    }
    using _bot = lock;
    for (const tenant of state.keys.waiting()) await state.keys.rotate(tenant);
    say(`Done: ${count} ${count === 1 ? 'key is' : 'keys are'} new, and the old ones are destroyed.`);
  }

  async #passphrase(): Promise<string> {
    return this.#parts.passphrase ?? (await this.#parts.prompt.secret('Passphrase'));
  }

  #sayPassphraseSet(): void {
    const { say, passphraseFile } = this.#parts;
    say('The new passphrase counts from now on. bot and ops go on as they are; their next start asks for it.');
    if (passphraseFile !== undefined)
      say(`Write it into ${passphraseFile} (keys.passphraseFile) before the next start, or the start will fail.`);
  }

  #open(passphrase: string): Promise<OpenState> {
    const { stateDir, clock } = this.#parts;
    return openState({ stateDir, passphrase, create: false, clock });
  }

  async #record(passphrase: string, action: string): Promise<void> {
    using state = await this.#open(passphrase);
    record(state, { at: this.#parts.clock(), action, target: '-' });
  }
}

function record({ control }: OpenState, act: { at: number; action: string; target: string }): void {
  control.audit.append({ ...act, actor: ACTOR, outcome: 'done' });
}

/** Throws AppError `conflict` (reason `still-running`) while the process runs. */
function whileStopped(stateDir: string, process: 'bot' | 'ops'): Disposable {
  try {
    return holdLock(join(stateDir, `${process}.lock`));
  } catch (thrown) {
    if (!isRunning(thrown)) throw thrown;
    throw new AppError('conflict', `${process} is running, and its stores change their keys`, {
      reason: 'still-running',
      hint: `Stop ${process} (and the console) first, then try again. Nothing was changed.`,
      cause: thrown,
    });
  }
}

function ifStopped(stateDir: string): Disposable | undefined {
  try {
    return holdLock(join(stateDir, 'bot.lock'));
  } catch (thrown) {
    if (isRunning(thrown)) return undefined;
    throw thrown;
  }
}

function isRunning(thrown: unknown): boolean {
  return thrown instanceof AppError && thrown.reason === 'already-running';
}

function unknownPerson(person: string): AppError {
  return new AppError('not-found', `${person} is nobody whom Kinkeeper knows`, {
    reason: 'no-such-person',
    hint: 'Give a full Matrix address such as @ada:home.test, or the word all.',
    facts: { person },
  });
}
