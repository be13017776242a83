import type { Facts } from '../core/control.ts';
import { AppError } from '../core/errors.ts';
import type { People } from '../core/people.ts';
import type { Homeserver } from './matrix/homeserver.ts';
import { HomeserverError } from './matrix/homeserver-error.ts';
import type { RoomBook } from './matrix/room-book.ts';

/** State event that marks a room as ours, so that a lost answer to `createRoom` does not make a second one. */
const MARKER = 'dev.kinkeeper.room';
const FACT = 'ops-room';

interface OpsRoomParts {
  readonly own: string;
  readonly homeserver: Homeserver;
  readonly rooms: RoomBook;
  readonly people: People;
  readonly facts: Facts;
  readonly now: () => number;
}

/** The id of the ops room; undefined before it was made. */
export function opsRoomId(facts: Facts): string | undefined {
  return facts.get(FACT);
}

/**
 * Makes sure that there is an encrypted, closed ops room and that every admin is in it or invited, and nobody else is.
 * `setting` is a room id from the settings or `auto`. Safe to repeat. Throws HomeserverError, or AppError `forbidden`
 * for a configured room that is not encrypted.
 */
export async function ensureOpsRoom(parts: OpsRoomParts, setting: string): Promise<string> {
  const room = setting === 'auto' ? await findOrCreate(parts) : await useConfigured(parts, setting);
  parts.facts.set(FACT, room);
  await admitAdmins(parts, room);
  return room;
}

async function useConfigured(parts: OpsRoomParts, room: string): Promise<string> {
  await parts.homeserver.join(room);
  if (!(await parts.homeserver.state(room, 'm.room.encryption'))) {
    throw new AppError('forbidden', 'The room named in matrix.opsRoom is not encrypted.', {
      hint: 'Turn on encryption in that room, or set matrix.opsRoom to auto.',
    });
  }
  parts.rooms.markEncrypted(room, parts.now());
  return room;
}

async function findOrCreate(parts: OpsRoomParts): Promise<string> {
  const joined = await parts.homeserver.joinedRooms();
  const known = opsRoomId(parts.facts);
  if (known && joined.includes(known)) return known;
  for (const room of joined) {
    const marker = await parts.homeserver.state(room, MARKER);
    // Anybody may write such a marker into a room of theirs: only an encrypted room of admins alone is believed.
    if (marker?.purpose === 'ops' && marker.owner === parts.own && (await isClosed(parts, room))) return room;
  }
  const room = await parts.homeserver.createRoom({
    name: 'Kinkeeper ops',
    preset: 'private_chat',
    visibility: 'private',
    invite: admins(parts),
    power_level_content_override: { invite: 100, kick: 100, ban: 100, state_default: 100 },
    initial_state: [
      { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } },
      { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'joined' } },
      { type: 'm.room.guest_access', state_key: '', content: { guest_access: 'forbidden' } },
      { type: MARKER, state_key: '', content: { purpose: 'ops', owner: parts.own } },
    ],
  });
  parts.rooms.markEncrypted(room, parts.now());
  return room;
}

async function isClosed(parts: OpsRoomParts, room: string): Promise<boolean> {
  if (!(await parts.homeserver.state(room, 'm.room.encryption'))) return false;
  const allowed = new Set([parts.own, ...admins(parts)]);
  return (await parts.homeserver.joinedMembers(room)).every((member) => allowed.has(member));
}

function admins({ people }: OpsRoomParts): string[] {
  return people.list().flatMap((person) => (person.role === 'admin' ? [person.id] : []));
}

/** Invites admins who are missing and removes members who are not (or no longer) admins. */
async function admitAdmins(parts: OpsRoomParts, room: string): Promise<void> {
  const wanted = new Set(admins(parts));
  const members = await parts.homeserver.call<{ chunk: { state_key: string; content: { membership?: string } }[] }>(
    'GET',
    `/client/v3/rooms/${encodeURIComponent(room)}/members`,
  );
  const present = new Set<string>();
  for (const { state_key: user, content } of members.chunk) {
    if (user === parts.own || (content.membership !== 'join' && content.membership !== 'invite')) continue;
    present.add(user);
    if (!wanted.has(user)) await ignoreRefusal(parts.homeserver.kick(room, user));
  }
  for (const admin of wanted) if (!present.has(admin)) await ignoreRefusal(parts.homeserver.invite(room, admin));
}

/** An admin who does not exist (yet) or blocks invites must not keep the bot from starting; the next check tries again. */
async function ignoreRefusal(request: Promise<void>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!(error instanceof HomeserverError) || error.transient) throw error;
  }
}
