import type { IncidentFacts } from '../facts/incident.ts';
import type { Entries } from '../facts/shape.ts';

/** English: what to do at an incident. */
export const incident: Entries<IncidentFacts> = {
  'evidence.about': () =>
    'It lies in the folder `evidence` beside the backups, is never removed, and opens with the private backup key alone: `gpg -d FILE | zstd -d | tar x`. No words of papers or chats are in it.',
};
