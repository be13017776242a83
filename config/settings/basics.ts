import type { Setting } from '../setting.ts';
import { choice, count, path } from '../setting-types.ts';

/** Where everything is kept, and what the log says. */
export const basicSettings = {
  stateDir: { type: path, fallback: './state', meaning: 'Folder of everything that is kept; all of it encrypted' },
  log: {
    type: choice(['trace', 'debug', 'info', 'warn', 'error', 'silent']),
    fallback: 'info',
    meaning: 'How much the log says; it never holds words of people or documents',
  },
  'logFile.path': {
    type: path,
    switchesOn: true,
    example: './logs/kinkeeper.log',
    meaning:
      'File that the log goes to instead of the output, for who runs without systemd or Docker; of ops with -ops behind its name',
  },
  'logFile.bytes': {
    type: count('bytes', 100_000, 1_073_741_824),
    fallback: 10_485_760,
    meaning: 'Size at which the file is put aside and a new one begun',
  },
  'logFile.files': { type: count('files', 1, 100), fallback: 5, meaning: 'How many of those put aside are kept' },
} as const satisfies Record<string, Setting>;
