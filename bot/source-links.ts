import type { Caller } from '../core/caller.ts';
import type { Answer } from '../core/question.ts';
import type { Vault } from '../core/tenant.ts';
import type { RoomBook } from './matrix/room-book.ts';

/** Who may see which room, and through which server it is reached. */
export interface LinkParts {
  readonly rooms: Pick<RoomBook, 'joinedMembers'>;
  readonly server: string;
}

/**
 * Links to the messages that an answer's files came in, by document number: only where the room is known and the person
 * is in it now. Form: https://spec.matrix.org/v1.16/appendices/#matrixto-navigation
 */
export function sourceLinks(
  { vault, rooms, server }: LinkParts & { readonly vault: Vault },
  caller: Caller,
  answer: Answer,
): ReadonlyMap<number, string> {
  const sources = 'sources' in answer ? answer.sources : 'nearest' in answer ? answer.nearest : [];
  const links = new Map<number, string>();
  vault.read(caller, (reader) => {
    for (const document of new Set(sources.map(({ passage }) => passage.document))) {
      const source = reader.document(document)?.source;
      const room = source === undefined ? undefined : reader.roomOf(source);
      if (source === undefined || room === undefined) continue;
      if (!rooms.joinedMembers(room).includes(caller.person)) continue;
      const [there, event] = [room, source].map(encodeURIComponent);
      links.set(document, `https://matrix.to/#/${there}/${event}?via=${encodeURIComponent(server)}`);
    }
  });
  return links;
}
