import type { Receipt, Remains } from '../../core/erase/receipt.ts';

const REMAINS: Record<Remains, string> = {
  audit: 'the audit trail, for its time, without the name',
  'audit-named': 'the audit trail, for its time, with the name: the person is still here',
  settings: 'the settings of the person',
  'in-rooms': 'what the person asked in family rooms and gave to them',
  'own-messages': 'messages and files that the person sent, on the homeserver',
  'bot-messages': 'messages of the bot that the homeserver did not let it take back, encrypted',
  'bot-media': 'files that the bot sent, on the homeserver, encrypted',
  'chat-address': 'the address of the chat, removed right after the receipt was sent',
  'shared-rooms': 'that the person is in a room with others and the bot',
  'room-papers': 'papers that the person gave to family rooms, without who sent them',
  'unread-rooms': 'whatever is in the damaged file of a family room',
  'room-answers': 'older answers in rooms with others',
  'others-chats': 'what was said to others about papers that were lent, quotes included',
  'ops-messages': 'messages to the admins that name the person',
};

/** A receipt for an operator's terminal. */
export function showReceipt(receipt: Receipt): string {
  const { kind, cause, before, after, remains, backups } = receipt;
  const counts = (list: Receipt['before']) =>
    Object.entries(list)
      .map(([name, many]) => `${name} ${many}`)
      .join(', ');
  return [
    `genuine: signed by this key and unchanged`,
    `reference  ${receipt.reference}`,
    `what       ${kind === 'person' ? 'everything about a person' : 'all documents of a person'} (${cause})`,
    `subject    ${receipt.subject} (a keyed mark; \`--person\` compares it with an address)`,
    `asked      ${new Date(receipt.askedAt).toISOString()}`,
    `erased     ${new Date(receipt.erasedAt).toISOString()}`,
    `before     ${counts(before)}`,
    `after      ${counts(after)}`,
    ...remains.map((one) => `stays      ${REMAINS[one]}`),
    ...(backups.length === 0 ? ['backups    none held it'] : []),
    ...backups.map(
      ({ name, keptUntil }) =>
        `backup     ${name} may hold it, sealed, ${keptUntil === null ? 'until somebody removes it where it lies' : `until ${new Date(keptUntil).toISOString()}`}`,
    ),
  ].join('\n');
}
