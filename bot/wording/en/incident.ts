import type { IncidentFacts } from '../facts/incident.ts';
import type { Entries } from '../facts/shape.ts';

const BY_HAND =
  'To close access from outside by hand: close every port but SSH and VPN in your provider’s firewall, or stop the web server (`systemctl stop nginx`, or `docker compose stop` of what is reached from outside).';

const OUTSIDE = {
  ok: '**Access from outside is closed** by the host helper. SSH and VPN stay open, so you can come in; this chat reaches me only where your app still reaches the server. `kinkeeper unlock` at the server’s shell opens it again.',
  failed: `**Access from outside could not be closed:** the host helper did not do it. ${BY_HAND}`,
  'not-set-up': `**Access from outside stays open**, as there is no host helper to close it. ${BY_HAND}`,
} as const;

/** English: what to do at an incident. */
export const incident: Entries<IncidentFacts> = {
  'lockdown.outside': ({ result }) => OUTSIDE[result],
  'lockdown.evidence': ({ result, archive, sha256 }) =>
    ({
      ok: `**Evidence is kept:** ${archive}, sealed to the keys of the backups, in the folder \`evidence\` beside them. SHA-256 ${sha256}. Write that down outside of this server.`,
      failed:
        '**Evidence could not be kept**; the log of `kinkeeper-ops` says why. At the server’s shell: `kinkeeper evidence`, which works while I am locked.',
      'not-set-up':
        '**No evidence was kept**, as there are no keys of backups to seal it to. By hand, at the server’s shell: `journalctl --since -7d > FILE` and `cp -a /var/log FOLDER`, before you change anything.',
    })[result],
  'lockdown.no-ops': () =>
    `**Nothing else was done:** nothing is heard of the process of the jobs (\`kinkeeper-ops\`). ${BY_HAND} Evidence, at the server’s shell: \`kinkeeper evidence\`.`,
  'evidence.about': () =>
    'It lies in the folder `evidence` beside the backups, is never removed, and opens with the private backup key alone: `gpg -d FILE | zstd -d | tar x`. No words of papers or chats are in it.',
};
