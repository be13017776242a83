import type { Setting } from '../setting.ts';
import { choice, nearUrl, secretFile } from '../setting-types.ts';

/** What opens the stores, and where passages lie. */
export const storeSettings = {
  'keys.passphraseFile': {
    type: secretFile,
    credential: 'passphrase',
    example: './secrets/passphrase',
    meaning: 'File with the passphrase of the state folder. Left out: start sealed and wait for `kinkeeper unlock`',
  },
  'store.kind': {
    type: choice(['sqlite', 'qdrant']),
    fallback: 'sqlite',
    meaning: 'Where passages are looked up. qdrant: in a Qdrant server that follows the sealed files',
  },
  'store.url': {
    type: nearUrl,
    only: ['qdrant'],
    required: true,
    example: 'http://127.0.0.1:6333',
    meaning: 'Address of Qdrant',
  },
  'store.apiKeyFile': {
    type: secretFile,
    only: ['qdrant'],
    required: true,
    credential: 'store-api-key',
    example: './secrets/store-api-key',
    meaning: 'File with the api_key of Qdrant, which must run with jwt_rbac: true',
  },
} as const satisfies Record<string, Setting>;
