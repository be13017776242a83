import { remotes } from '../remotes-type.ts';
import type { Setting } from '../setting.ts';
import { count, path } from '../setting-types.ts';

/** Backups, and where they go. */
export const backupSettings = {
  'backup.recipientsFile': {
    type: path,
    switchesOn: true,
    example: './backup-recipients.asc',
    meaning:
      'Public OpenPGP keys that backups are sealed to, whose private halves are never on the server (`kinkeeper backup keys`). Left out: no backups',
  },
  'backup.localDir': {
    type: path,
    fallback: './backups',
    meaning: 'Folder of the sealed backups on this machine; best on another disk than the state folder',
  },
  'backup.keep.last': {
    type: count('backups', 0, 1000),
    fallback: 3,
    meaning: 'How many of the newest backups stay, whatever their age',
  },
  'backup.keep.daily': {
    type: count('days', 0, 366),
    fallback: 7,
    meaning: 'Of how many days, counted back from the last proven backup, one stays',
  },
  'backup.keep.weekly': { type: count('weeks', 0, 520), fallback: 4, meaning: 'Of how many weeks one stays' },
  'backup.keep.monthly': { type: count('months', 0, 120), fallback: 6, meaning: 'Of how many months one stays' },
  'backup.remotes': {
    type: remotes,
    fallback: [],
    meaning: 'Where backups are sent, one after the other; as many as you like',
  },
} as const satisfies Record<string, Setting>;
