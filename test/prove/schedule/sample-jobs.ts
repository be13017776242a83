/** A job of the simulation: the names are its own, the schedules those that are hard to keep. */
export interface SampleJob {
  readonly name: string;
  readonly schedule: string;
  readonly canDry: boolean;
  readonly repeatable: boolean;
}

/** Runs every hour, in hours that clock changes skip and repeat, on rare days, and never by itself. */
export const SAMPLE_JOBS: readonly SampleJob[] = [
  { name: 'often', schedule: '*/20 1-3 * * *', canDry: false, repeatable: true },
  { name: 'hourly', schedule: '7 * * * *', canDry: true, repeatable: true },
  { name: 'night', schedule: '30 2 * * *', canDry: true, repeatable: false },
  { name: 'twice', schedule: '15 1,3 * * *', canDry: false, repeatable: true },
  { name: 'midnight', schedule: '0,15 0 * * *', canDry: false, repeatable: false },
  { name: 'late', schedule: '30 23 * * 1-6', canDry: true, repeatable: true },
  { name: 'weekly', schedule: '0 4 * * 0', canDry: true, repeatable: true },
  { name: 'monthly', schedule: '45 3 1 * *', canDry: false, repeatable: false },
  { name: 'leap', schedule: '0 12 29 2 *', canDry: false, repeatable: true },
  { name: 'asked', schedule: '', canDry: true, repeatable: true },
];

/** Zones with clock changes of an hour and of half an hour, at midnight, at odd offsets, and without any. */
export const ZONES = [
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'America/Nuuk',
  'Africa/Cairo',
  'America/New_York',
  'Pacific/Chatham',
  'America/Santiago',
  'Asia/Kathmandu',
] as const;
