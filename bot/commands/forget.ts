import type { Caller } from '../../core/caller.ts';
import { AppError } from '../../core/errors.ts';
import type { TenantReader } from '../../core/tenant.ts';
import { forgetDocument } from '../forget-document.ts';
import { say } from '../wording/say.ts';
import { defineCommand, done, refused } from './command-spec.ts';

/** `!forget <n> …`: removes documents of the caller for good; in a family room only who sent a file may, as long as they are in it. The audit row names their numbers, never their names. */
export const forget = defineCommand({
  name: 'forget',
  typed: { en: 'forget', de: 'vergiss' },
  aliases: ['delete', 'vergessen', 'löschen', 'lösche'],
  where: 'chats',
  role: 'member',
  destructive: true,
  audit: ({ numbers }, { caller }) => `${caller.tenant}/${numbers.join(',')}`,
  arguments: [{ name: 'numbers', type: 'numbers', label: 'document' }],
  examples: ['3', '3 5', '7-9'],
  needs: ['vault', 'shares', 'wordsOf', 'inRooms'],
  execute: ({ caller, place, vault, shares, wordsOf, inRooms }, { numbers }) => {
    const { language } = caller;
    const isHeld = (sender: string) => inRooms?.isThere(caller, sender) ?? true;
    const sentByOther =
      place === 'family'
        ? vault.read(caller, (reader) => sentByOthers(reader, numbers, { caller, isHeld }))
        : undefined;
    // All or none, as elsewhere: of several one may have been meant otherwise.
    if (sentByOther !== undefined) return refused(say(language, 'family.not-yours', { name: sentByOther }));
    const lent = shares.of(caller).filter(({ side }) => side === 'owner');
    const forgotten = vault.write(caller, (writer) =>
      numbers.flatMap((number) => forgetDocument(writer, number, wordsOf) ?? []),
    );
    const gone = forgotten.map((one) => one.gone);
    if (gone.length === 0) {
      const facts = { number: numbers[0]! };
      throw new AppError('not-found', 'there is no such document', { reason: 'no-such-document', facts });
    }
    // A version that came back for a newer one may have been named too.
    const isGone = (number: number) => gone.some((one) => one.number === number);
    const restored = forgotten.flatMap((one) => one.back?.number ?? []).filter((number) => !isGone(number));
    const readers = new Set(lent.filter(({ document }) => isGone(document)).map(({ reader }) => reader));
    const loans = readers.size === 0 ? '' : `\n${say(language, 'share.ended-too', { readers: [...readers] })}`;
    if (numbers.length === 1) return done(say(language, 'forgotten', { ...gone[0]!, back: restored[0] ?? 0 }) + loans);
    const facts = {
      gone,
      passages: gone.reduce((sum, { passages }) => sum + passages, 0),
      restored,
      unknown: numbers.filter((number) => !isGone(number)),
    };
    return done(say(language, 'forgotten.several', facts) + loans);
  },
});

/**
 * Name of the first of these documents that somebody else sent, and the caller in none of the messages that brought it;
 * undefined when there is none. What came from somebody who was erased, or is not in the room any more, is anybody's to forget.
 */
function sentByOthers(
  reader: TenantReader,
  numbers: readonly number[],
  { caller: { person }, isHeld }: { readonly caller: Caller; readonly isHeld: (sender: string) => boolean },
): string | undefined {
  const documents = [...reader.documents(), ...reader.replacedDocuments()];
  return documents.find(({ number }) => {
    const senders = reader.sourcesOf(number).flatMap(({ source }) => reader.senderOf(source) ?? []);
    return numbers.includes(number) && !senders.includes(person) && senders.some(isHeld);
  })?.name;
}
