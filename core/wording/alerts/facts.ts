import type { Markdown } from '../markdown.ts';
import type { FactsOf, NoFacts, Shape } from '../shape.ts';

/** What stands around an alert, wherever it is told. */
export interface AlertFrame {
  'severity.info': NoFacts;
  'severity.warning': NoFacts;
  'severity.critical': NoFacts;
  /** An alert whose code the catalogue does not know. */
  'alert.other': { readonly code: string; readonly facts: string };
  'alert.repeated': { readonly times: number };
  /** In the place of a name, where strangers' machines read along. */
  'alert.somebody': NoFacts;
  /** Below an alert that is mailed. */
  'alert.mail': { readonly reference: string };
  /** In the subject of a mail, in the place of the weight, once it is over. */
  'alert.mail-over': NoFacts;
  /** How an alert is told: `reference` is what `!alerts` takes ("A12"), `text` is the alert in words. */
  'alert.raised': AlertNamed & { readonly severity: Markdown };
  'alert.flapping': AlertNamed;
  'alert.again': AlertNamed & { readonly severity: Markdown };
  /** `time`: for how long it goes on by now, in milliseconds; with `alert.over`, how long it went on. */
  'alert.reminder': AlertNamed & { readonly severity: Markdown; readonly time: number };
  'alert.over': AlertNamed & { readonly time: number };
}

interface AlertNamed {
  readonly reference: string;
  readonly text: Markdown;
}

/** Every alert code, with the facts it carries. Tests compare it with the sources that raise alerts, and with the tests that cause them. */
export const ALERT_SHAPES = {
  'bot-silent': { seconds: 'number' },
  'ops-silent': { seconds: 'number' },
  'disk-low': { freeBytes: 'number' },
  'disk-critical': { freeBytes: 'number' },
  'inodes-low': { freePercent: 'number' },
  'memory-low': { freeBytes: 'number' },
  'load-high': { loadPerCore: 'number' },
  'alerts-waiting': { count: 'number', seconds: 'number' },
  /** `since`: milliseconds since 1970. */
  'homeserver-unreachable': { seconds: 'number', since: 'number' },
  'job-failed': { job: 'text', reference: 'text' },
  'job-lost': { count: 'number' },
  undecryptable: { count: 'number' },
  'no-signed-device': { person: 'text' },
  'stranger-invite': { count: 'number' },
  'embedder-failing': { failures: 'number' },
  'index-failing': { failures: 'number' },
  'index-damaged': {},
  'model-failing': { reference: 'text' },
  'reader-unavailable': {},
  'identity-changed': { person: 'text' },
  'audit-broken': { row: 'number' },
  'keys-changed': { count: 'number' },
  'key-change-failed': { reference: 'text' },
  'erase-failing': { reference: 'text', step: 'text', attempts: 'number' },
  'receipt-undelivered': { reference: 'text' },
  'erased-again': { count: 'number' },
  'ended-again': { papers: 'number', shares: 'number' },
  'tombstones-damaged': {},
  'clock-jumped': { days: 'number' },
  'keys-older': {},
  'store-damaged': { file: 'text' },
  'disk-full-soon': { days: 'number' },
  'backup-disk-low': { freeBytes: 'number' },
  'backup-disk-full-soon': { days: 'number' },
  'swap-full': { usedPercent: 'number' },
  'clock-unsynchronised': {},
  'homeserver-database-failing': { seconds: 'number' },
  'answering-unreachable': { seconds: 'number' },
  'embedding-unreachable': { seconds: 'number' },
  'index-unreachable': { seconds: 'number' },
  'work-waiting': { count: 'number', seconds: 'number' },
  'replies-waiting': { count: 'number', seconds: 'number' },
  'one-time-keys-low': { count: 'number' },
  'device-unsigned': {},
  'certificate-ends': { days: 'number' },
  'backup-missing': { seconds: 'number' },
  'backup-old': { seconds: 'number' },
  'backup-ahead': { count: 'number' },
  /** `trouble`: a `RemoteTrouble` of ops/backup/remotes/remote-fault.ts. */
  'remote-failing': { remote: 'text', trouble: 'text', reference: 'text' },
  'evidence-sent': { archive: 'text', remote: 'text' },
  'backup-copy-missing': { remote: 'text', count: 'number' },
  'backup-copy-changed': { remote: 'text', generation: 'text' },
  'backup-copy-bad': { generation: 'text', remote: 'text', reason: 'text' },
  'backup-unproven': { seconds: 'number' },
  'failed-logins': { count: 'number' },
  'address-banned': { count: 'number' },
  'api-guessing': { count: 'number' },
  'ssh-login': { user: 'text', from: 'text', at: 'number' },
  'settings-changed': { file: 'text' },
  'container-restarted': { name: 'text', restarts: 'number' },
  'container-stopped': { name: 'text' },
  'image-old': { days: 'number' },
  'host-silent': { seconds: 'number' },
  'second-way-failing': { way: 'text', failures: 'number' },
  'alert-test': {},
  'backup-proven': {
    generation: 'text',
    bytes: 'number',
    seconds: 'number',
    tenants: 'number',
    questions: 'number',
    leftOut: 'number',
    place: 'text',
  },
  'drill-failed': { generation: 'text', reason: 'text' },
  'update-done': { from: 'text', to: 'text' },
  /** `why`: what the host helper or ops noted, one of `WHY_RETURNED` (en.ts, de.ts). */
  'update-returned': { from: 'text', to: 'text', why: 'text' },
  'model-updated': { model: 'text' },
  'model-returned': { model: 'text' },
  /** `line`: a `CheckId`. */
  'checklist-drift': { line: 'text' },
  'checklist-blind': { count: 'number' },
  'outside-open': {},
  'outside-closed': {},
  'audit-anchor': { rows: 'number', hash: 'text', at: 'number' },
} as const satisfies Record<string, Shape>;

export type AlertCode = keyof typeof ALERT_SHAPES;

/** An alert in words: what is the matter, and what to do. */
export type AlertTexts = { readonly [Code in AlertCode as `alert.${Code}`]: FactsOf<(typeof ALERT_SHAPES)[Code]> };
