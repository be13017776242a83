import type { Digest } from '../../../core/digest.ts';

/** What somebody has to do, as the digest's last line lists it. */
export interface DigestNeeds {
  readonly recoveryCode: boolean;
  readonly noBackup: boolean;
  readonly oldBackup: boolean;
  readonly diskFills: boolean;
  readonly updates: boolean;
  readonly reboot: boolean;
  readonly alerts: boolean;
  readonly failures: boolean;
}

/** The weekly digest in the ops room, one line each. */
export interface DigestFacts {
  'digest.head': Pick<Digest, 'from' | 'to'>;
  'digest.answers': Pick<Digest, 'answers' | 'medianSeconds' | 'files'>;
  'digest.storage': Pick<Digest, 'keptBytes' | 'keptChangeBytes' | 'diskFreeBytes' | 'diskBytes' | 'fullInDays'>;
  'digest.backups': Pick<Digest, 'backupsMade' | 'backupsProven' | 'backupsFailed' | 'provenAgeMs' | 'hasBackups'>;
  'digest.updates': Pick<Digest, 'updatesMade' | 'updatesFailed' | 'securityUpdates' | 'rebootRequired'>;
  'digest.jobs': Pick<Digest, 'jobsFailed'>;
  'digest.alerts': Pick<Digest, 'alertsRaised' | 'alertsOpen'>;
  'digest.logins': Pick<Digest, 'failedLogins'>;
  'digest.needs': { readonly needs: DigestNeeds };
}
