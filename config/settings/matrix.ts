import { people } from '../people-type.ts';
import type { Setting } from '../setting.ts';
import { opsRoom, secretFile, url, userId } from '../setting-types.ts';

/** The bot’s own account, and the first people. */
export const matrixSettings = {
  'matrix.homeserver': {
    type: url,
    required: true,
    example: 'http://127.0.0.1:8008',
    meaning: 'Address of the homeserver',
  },
  'matrix.userId': { type: userId, required: true, example: '@kin:home.test', meaning: 'The bot’s own account' },
  'matrix.passwordFile': {
    type: secretFile,
    credential: 'matrix-password',
    example: './secrets/bot-password',
    meaning: 'File with the password of the bot’s account',
  },
  'matrix.opsRoom': {
    type: opsRoom,
    fallback: 'auto',
    meaning: 'Room of the admins. auto: the bot creates it encrypted and invites them',
  },
  'matrix.webClient': {
    type: url,
    switchesOn: true,
    example: 'https://matrix.home.test/element',
    meaning: 'Address of Element in a browser, where one is served for the family: it stands on set-up cards',
  },
  people: {
    type: people,
    fallback: [],
    example: [
      { id: '@ada:home.test', role: 'admin' },
      { id: '@ben:home.test', role: 'member', language: 'de' },
    ],
    meaning: 'The first people; more can be added from the ops room',
  },
} as const satisfies Record<string, Setting>;
