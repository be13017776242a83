import type { Setting } from '../setting.ts';
import { schedule } from '../setting-types.ts';

/** When each job runs. */
export const jobSettings = {
  'jobs.health': {
    type: schedule,
    fallback: '*/5 * * * *',
    meaning: 'When the health of machine, homeserver and bot is read (cron, local time); empty: off',
  },
  'jobs.backup': {
    type: schedule,
    fallback: '15 3 * * *',
    meaning: 'When a backup is made (with backup.recipientsFile); empty: off',
  },
  'jobs.drill': {
    type: schedule,
    fallback: '45 3 * * *',
    meaning: 'When the newest backup is restored into a scratch place and has to answer; empty: off',
  },
  'jobs.send': {
    type: schedule,
    fallback: '35 * * * *',
    meaning: 'When backups are sent to the remotes and old ones removed; empty: off',
  },
  'jobs.sendBeside': {
    type: schedule,
    fallback: '*/5 * * * *',
    meaning:
      'When the remotes get the list of what was erased, if it changed, and evidence; empty: off (then only backups take that list along)',
  },
  'jobs.audit': {
    type: schedule,
    fallback: '20 4 * * *',
    meaning: 'When the audit trail is verified and its seal reported to the ops room; empty: off',
  },
  'jobs.digest': {
    type: schedule,
    fallback: '0 18 * * 0',
    meaning: 'When the ops room is told what happened in the week (cron, local time); empty: off',
  },
  'jobs.hostUpdates': {
    type: schedule,
    fallback: '40 4 * * *',
    meaning: 'When security updates of the host are installed, where there is a host helper; empty: off',
  },
  'jobs.update': {
    type: schedule,
    fallback: '',
    meaning: 'When Kinkeeper brings itself to its newest version; empty: only when an admin asks for it',
  },
  'jobs.evidence': {
    type: schedule,
    fallback: '',
    meaning: 'When evidence is kept that nobody asked for; empty: only at a lockdown, and when an admin asks',
  },
  'jobs.rehearsal': {
    type: schedule,
    fallback: '',
    meaning: 'When the steps of an incident are rehearsed; empty: only when an admin asks',
  },
  'jobs.checklist': {
    type: schedule,
    fallback: '25 * * * *',
    meaning: 'When the security checklist is judged by what is read from the host; empty: only when an admin asks',
  },
} as const satisfies Record<string, Setting>;
