import type { IncidentFacts } from '../facts/incident.ts';
import type { Entries } from '../facts/shape.ts';

/** German: what to do at an incident. */
export const incident: Entries<IncidentFacts> = {
  'evidence.about': () =>
    'Es liegt im Ordner `evidence` neben den Sicherungen, wird nie gelöscht und öffnet sich allein mit dem privaten Schlüssel der Sicherungen: `gpg -d DATEI | zstd -d | tar x`. Kein Wort aus Papieren oder Chats ist darin.',
};
