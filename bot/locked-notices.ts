import type { Language } from '../core/caller.ts';
import type { Clock } from '../core/clock.ts';
import type { LockedWork } from '../core/incident/locked-work.ts';
import { code, Markdown } from '../core/wording/markdown.ts';
import { missingEvidence } from '../core/wording/missing-evidence.ts';
import { messageContent } from './matrix/message-content.ts';
import type { Outbox } from './matrix/outbox.ts';
import { say } from './wording/say.ts';

/** The process of the jobs notices a lockdown at once, and ends its runs within ten seconds. */
const OPS_MS = 45_000;

export interface LockedNoticesParts {
  readonly outbox: Pick<Outbox, 'add'>;
  readonly opsRoom: string | undefined;
  /** When the lockdown began; names its notices. */
  readonly since: number;
  /** What ops has done in this lockdown; undefined while it did nothing, and again once it is unlocked. */
  readonly work: () => LockedWork | undefined;
  /** The language of who locked. */
  readonly language: Language;
  readonly clock: Clock;
}

/**
 * What the ops room hears in a lockdown of what ops does meanwhile: each outcome once (closing is tried again), or that nothing is
 * heard of ops. Used by LockedBot.
 */
export class LockedNotices {
  readonly #parts: LockedNoticesParts;
  readonly #told = new Set<string>();
  #isOpsHeard = false;

  constructor(parts: LockedNoticesParts) {
    this.#parts = parts;
  }

  /** Called about once a second. */
  tick(): void {
    const { work: read, language, since, clock } = this.#parts;
    const work = read();
    // What ops did is gone once it is unlocked, which may be before the bot is: no reason to say that nothing was heard.
    if (work) this.#isOpsHeard = true;
    if (!this.#isOpsHeard && clock() - since > OPS_MS) this.#tell('no-ops', say(language, 'lockdown.no-ops'));
    if (work?.outside)
      this.#tell(`outside.${work.outside}`, say(language, 'lockdown.outside', { result: work.outside }));
    if (work?.evidence) {
      const [archive, sha256] = [work.archive?.name ?? '', work.archive?.sha256 ?? ''].map(code);
      const missing = missingEvidence(language, work.missing ?? []).map((part) => new Markdown(part));
      const facts = { result: work.evidence, archive: archive!, sha256: sha256!, missing };
      this.#tell('evidence', say(language, 'lockdown.evidence', facts));
    }
    for (const remote of work?.sentTo ?? [])
      this.#tell(`evidence-sent.${remote}`, say(language, 'lockdown.evidence-sent', { remote: code(remote) }));
  }

  /** The transaction's name makes it one. */
  #tell(about: string, text: string): void {
    const { outbox, opsRoom, since } = this.#parts;
    if (opsRoom === undefined || this.#told.has(about)) return;
    this.#told.add(about);
    outbox.add({
      transaction: `kin.lockdown.${since.toString(36)}.${about}`,
      room: opsRoom,
      audience: { kind: 'ops' },
      type: 'm.room.message',
      content: messageContent(text, 'm.notice'),
    });
  }
}
