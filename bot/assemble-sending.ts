import { seeIdentity } from '../core/identities.ts';
import type { BotFrame } from './bot-frame.ts';
import { CryptoMachine } from './matrix/crypto-machine.ts';
import { Sender } from './matrix/sender.ts';
import { SendingLoop } from './sending-loop.ts';
import { speaksOfEnded } from './tell-person.ts';

type SendRoomEvent = Parameters<typeof CryptoMachine.open>[0]['sendRoomEvent'];

/** Opens the crypto machine with what sends by it. `onOpsRefused`: the ops room took nothing. Called where the bot is put together. */
export async function assembleSending(
  frame: BotFrame,
  { onOpsRefused }: { readonly onOpsRefused: () => void },
): Promise<{ crypto: CryptoMachine; sender: Sender; sending: SendingLoop }> {
  const { parts, rooms, outbox, signal } = frame;
  const { session, homeserver, state } = parts;
  const { people, alerts } = state.control;
  // Sends by the sender, which is made of the crypto machine.
  const sendRoomEvent: SendRoomEvent = (room, type, message) =>
    sender.sendNow({ ...message, room, audience: { kind: 'room' }, type });
  const crypto = await openCrypto(frame, sendRoomEvent);
  const sender = new Sender({
    ...{ own: session.userId, homeserver, crypto, outbox, rooms, now: parts.clock },
    isKnown: (user) => people.find(user) !== undefined,
    isAdmin: (user) => people.find(user)?.role === 'admin',
    isLeaving: (user) => state.erasing.book.openOf(user) !== undefined,
    isOver: (row) => speaksOfEnded(row, people),
    onRefused: (row, refusal) => sending.onRefused(row, refusal),
    onDelay: (row, error) => sending.onDelay(row, error),
    onSent: (row) => sending.onSent(row),
  });
  const sending = new SendingLoop(
    {
      ...{ sender, alerts, log: parts.log },
      hasSignedDevice: (person) => crypto.hasSignedDevice(person),
      onOpsRefused,
      onRoomChanged: frame.wakeLooking,
    },
    signal,
  );
  return { crypto, sender, sending };
}

function openCrypto({ parts, inbox, wakeLooking }: BotFrame, sendRoomEvent: SendRoomEvent): Promise<CryptoMachine> {
  const { db, session, homeserver, onStoreFailure } = parts;
  const onRoomKeys = (rooms: readonly string[]): void => {
    const wanted = new Set(rooms);
    const waiting = inbox.waiting().filter((item) => wanted.has(item.room));
    for (const item of waiting) inbox.retry(item.event.event_id);
    if (waiting.length > 0) wakeLooking();
  };
  const seeing = (person: string, key: string) => seeIdentity(parts.state.control, person, key);
  return CryptoMachine.open({
    ...{ db, session, homeserver, onStoreFailure, onRoomKeys, sendRoomEvent },
    seeIdentity: seeing,
  });
}
