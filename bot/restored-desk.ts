import type { TokenVectors } from '../core/ask/token-vectors.ts';
import { readPapersBack, settleComing, settlePapersBack } from '../core/backup/papers-back.ts';
import { readRestored, settleRestored } from '../core/backup/restored.ts';
import { answersTestQuestion } from '../core/backup/test-question.ts';
import type { PersonId } from '../core/caller.ts';
import type { Clock } from '../core/clock.ts';
import type { OpenState } from '../core/control.ts';
import { isDamaged } from '../core/damaged-store.ts';
import { apiKeyMark } from '../core/living-api-keys.ts';
import { opsLanguage } from '../core/ops-language.ts';
import { code } from '../core/wording/markdown.ts';
import { apikeyNew } from './commands/apikey-new.ts';
import { messageContent } from './matrix/message-content.ts';
import type { Outbox } from './matrix/outbox.ts';
import { opsRoomId } from './ops-room.ts';
import type { Telling } from './tell-person.ts';
import { say } from './wording/say.ts';

interface RestoredParts {
  readonly state: Pick<OpenState, 'control' | 'vault'>;
  readonly outbox: Outbox;
  readonly vectors: TokenVectors;
  readonly tell: (person: PersonId, telling: Telling) => boolean;
  readonly wake: () => void;
  readonly clock: Clock;
}

/** What a restored household shows by itself. */
interface Proof {
  readonly stores: number;
  readonly documents: number;
  readonly asked: number;
  readonly answered: number;
  readonly damaged: number;
}

/**
 * After a restore: tells everybody in their own chat up to when things are there, lets every store answer its test question, and
 * reports to the ops room. Each message once, also over kills: its name comes from the moment of the restore. Called by the bot once
 * it is in touch with the homeserver, which tells it who is in which chat. Does nothing in a household that was not restored.
 */
export function tellRestored({ state, outbox, vectors, tell, wake, clock }: RestoredParts): void {
  const { facts, people, apiKeys } = state.control;
  const restored = readRestored(facts);
  if (restored === undefined) return;
  const { madeAt, restoredAt } = restored;
  const key = `restored ${restoredAt}`;
  const everybody = people.list();
  const told = everybody.filter(({ id }) => {
    const caller = people.callerFor(id)!;
    const ended = apiKeys.of(caller).filter((one) => restored.endedKeys.includes(apiKeyMark(caller, one)));
    const names = ended.map(({ name }) => name);
    const make = code(`!${apikeyNew.typed[caller.language]} ${names[0] ?? ''}`.trim());
    return tell(id, { key, text: (language) => say(language, 'restored.person', { madeAt, names, make }) });
  }).length;
  const proof = proveStores(state, { vectors, now: clock() });
  outbox.add({
    transaction: `kin.restored.${restoredAt.toString(36)}`,
    room: opsRoomId(facts) ?? '',
    audience: { kind: 'ops' },
    type: 'm.room.message',
    content: messageContent(
      say(opsLanguage(people), 'restored.ops', { madeAt, told, people: everybody.length, ...proof }),
      'm.notice',
    ),
  });
  settleRestored(facts);
  wake();
}

/** Tells everybody whose papers came out of a backup meanwhile (`kinkeeper restore --person`): nothing of theirs changes behind their back. Called like `tellRestored`. */
export function tellPapersBack({ state, tell }: Pick<RestoredParts, 'state' | 'tell'>): void {
  const { facts, people } = state.control;
  for (const { id } of people.list()) {
    settleComing(state, people.callerFor(id)!);
    const back = readPapersBack(facts, id);
    if (back === undefined) continue;
    const { at, ...papers } = back;
    tell(id, { key: `papers back ${at}`, text: (language) => say(language, 'restored.papers', papers) });
    settlePapersBack(facts, id);
  }
}

function proveStores(
  { control: { people }, vault }: RestoredParts['state'],
  searching: { vectors: TokenVectors; now: number },
): Proof {
  const proof = { stores: 0, documents: 0, asked: 0, answered: 0, damaged: 0 };
  for (const { tenant } of people.tenants()) {
    proof.stores += 1;
    try {
      vault.read(people.systemCaller(tenant), (reader) => {
        proof.documents += reader.documents().length;
        const answer = answersTestQuestion(reader, searching);
        proof.asked += answer === 'none' ? 0 : 1;
        proof.answered += answer === 'yes' ? 1 : 0;
      });
    } catch (thrown) {
      if (!isDamaged(thrown)) throw thrown;
      proof.damaged += 1;
    }
  }
  return proof;
}
