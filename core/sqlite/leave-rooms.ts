import { unlessDamaged } from '../damaged-store.ts';
import type { People } from '../people.ts';
import type { FamilyRooms } from '../rooms.ts';
import type { Vault } from '../tenant.ts';

/**
 * Takes somebody out of the family rooms of a restored folder: nothing says any more what they sent, and what was asked there
 * is forgotten, because nobody can tell any more who asked. A room's file that cannot be read is left as it is. For `openState`.
 */
export function leaveRooms(
  { vault, people, rooms }: { vault: Vault; people: People; rooms: FamilyRooms },
  person: string,
): void {
  for (const { tenant } of rooms.list()) {
    unlessDamaged(() =>
      vault.write(people.systemCaller(tenant), (writer) => {
        writer.forgetSender(person);
        writer.forgetTurns();
      }),
    );
  }
}
