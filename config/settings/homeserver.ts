import type { Setting } from '../setting.ts';
import { choice, path, secretFile } from '../setting-types.ts';

/** The family’s homeserver: what a backup takes along, and the right to make accounts. */
export const homeserverSettings = {
  'homeserver.kind': {
    type: choice(['none', 'sqlite', 'postgres']),
    fallback: 'none',
    meaning: 'Which database the homeserver has that backups take along. none: only our own data is backed up',
  },
  'homeserver.database': {
    type: path,
    only: ['sqlite'],
    required: true,
    example: '/srv/synapse/homeserver.db',
    meaning: 'Its SQLite file',
  },
  'homeserver.connectionFile': {
    type: secretFile,
    only: ['postgres'],
    required: true,
    credential: 'homeserver-connection',
    example: './secrets/homeserver-connection',
    meaning: 'File with postgresql://user:password@host:port/name of its database',
  },
  'homeserver.folder': {
    type: path,
    only: ['sqlite', 'postgres'],
    required: true,
    example: '/srv/synapse',
    meaning: 'Folder with its settings and signing key',
  },
  'homeserver.media': {
    type: path,
    only: ['sqlite', 'postgres'],
    required: true,
    example: '/srv/synapse/media_store',
    meaning: 'Its media store, with local_content in it',
  },
  'homeserver.adminTokenFile': {
    type: secretFile,
    credential: 'homeserver-admin-token',
    switchesOn: true,
    example: './secrets/homeserver-admin-token',
    meaning:
      'File with an access token of an administrator of the homeserver (Synapse): the bot makes accounts for new people, and new passwords. Left out: it does neither',
  },
} as const satisfies Record<string, Setting>;
