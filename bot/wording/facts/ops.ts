import type { FactsOf, NoFacts, Shape } from './shape.ts';

/** What the bot says in the ops room besides answers to commands: counts, sizes and ids, never anyone's words. */
export interface OpsFacts {
  'ops.welcome': NoFacts;
  /** Both are shown once, at the first start, and stored nowhere in readable form. */
  'ops.recovery-key': { readonly key: string };
  'ops.recovery-code': { readonly code: string };
  /** Said once when somebody types a sentence in the ops room. */
  'ops.no-questions': NoFacts;
  'ops.no-files': NoFacts;
  /** `model` is empty when there is none and answers are passages. */
  'ops.started': { readonly version: string; readonly model: string };
  /** To each person in their own chat after a restore. */
  'restored.person': { readonly madeAt: number };
  /** `told` of `people` have a chat; `answered` of `asked` test questions found their passage. */
  'restored.ops': {
    readonly madeAt: number;
    readonly told: number;
    readonly people: number;
    readonly stores: number;
    readonly documents: number;
    readonly asked: number;
    readonly answered: number;
    readonly damaged: number;
  };
  'severity.info': NoFacts;
  'severity.warning': NoFacts;
  'severity.critical': NoFacts;
  /** An alert whose code the catalogue does not know. */
  'alert.other': { readonly code: string; readonly facts: string };
  'alert.repeated': { readonly times: number };
}

/** Every alert code, with the facts it carries. A test compares it with the sources that raise alerts. */
export const ALERT_SHAPES = {
  'bot-silent': { seconds: 'number' },
  'ops-silent': { seconds: 'number' },
  'disk-low': { freeBytes: 'number' },
  'disk-critical': { freeBytes: 'number' },
  'inodes-low': { freePercent: 'number' },
  'memory-low': { freeBytes: 'number' },
  'load-high': { loadPerCore: 'number' },
  'alerts-waiting': { count: 'number', seconds: 'number' },
  'homeserver-unreachable': { seconds: 'number' },
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
  'crypto-store-lost': {},
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
  'backup-proven': {
    generation: 'text',
    bytes: 'number',
    seconds: 'number',
    tenants: 'number',
    questions: 'number',
    place: 'text',
  },
  'backup-unproven': { generation: 'text', reason: 'text' },
  'audit-anchor': { rows: 'number', hash: 'text', at: 'number' },
} as const satisfies Record<string, Shape>;

export type AlertCode = keyof typeof ALERT_SHAPES;

/** An alert in words: what is the matter, and what to do. */
export type AlertTexts = { readonly [Code in AlertCode as `alert.${Code}`]: FactsOf<(typeof ALERT_SHAPES)[Code]> };
