import type { NoFacts } from '../../../core/wording/shape.ts';
import type { BackupKeyFault } from '../backup-key-facts.ts';
import type { ModelFit } from '../model-fit.ts';
import type { ActName } from '../plan/plan.ts';
import type { QuestionName } from '../questions.ts';

/** What set-up looks at; sizes in bytes. An empty text: there is none. */
interface CheckTexts {
  'check.no-root': NoFacts;
  'check.root': { readonly isRoot: boolean };
  'check.no-systemd': NoFacts;
  'check.avx2-unknown': NoFacts;
  'check.avx2': NoFacts;
  'check.no-avx2': { readonly wantsModel: boolean };
  'check.memory-unknown': NoFacts;
  'check.memory-short': { readonly memoryBytes: number; readonly needed: number };
  'check.memory': { readonly memoryBytes: number };
  'check.memory-model': { readonly memoryBytes: number; readonly model: string };
  'check.model-large': { readonly model: string; readonly memoryBytes: number; readonly fits: string };
  /** `names`: what Ollama has; may be empty. */
  'check.no-model': { readonly model: string; readonly names: string };
  'check.auto': { readonly model: string; readonly why: Exclude<ModelFit['why'], 'no-avx2'> | 'fetched' | 'ollama' };
  'check.auto-none': { readonly hasOllama: boolean };
  'check.backup-key': { readonly file: string; readonly data: string; readonly fault: BackupKeyFault };
  'check.no-ollama': { readonly model: string };
  'check.synapse': { readonly homeserver: string; readonly serverName: string };
  'check.no-synapse': { readonly homeserver: string };
  'check.no-admin-api': { readonly homeserver: string };
  'check.no-secret': { readonly says: string; readonly hint: string };
  'check.secret-not-read': { readonly homeserverConfig: string };
  'check.server-name': { readonly serverName: string; readonly homeserverConfig: string; readonly found: string };
  'check.phones': { readonly serverName: string };
  'check.no-phones': { readonly serverName: string };
  'check.speed': { readonly model: string; readonly tokensPerSecond: number; readonly isSlow: boolean };
  'check.disk-unknown': { readonly folder: string };
  'check.disk': { readonly folder: string; readonly freeBytes: number; readonly needed: number };
  'check.closed-folder': { readonly folder: string };
  /** `of`: what lies in it. `isRoot`: root runs set-up; else a person, whose own folders are as good as root's. */
  'check.others-folder': { readonly folder: string; readonly of: 'data' | 'product'; readonly isRoot: boolean };
  'check.encrypted': NoFacts;
  'check.not-encrypted': { readonly isKnown: boolean };
  'check.plain-swap': NoFacts;
  'check.port': { readonly port: number };
  'check.name': { readonly host: string; readonly addresses: string };
  'check.no-name': { readonly host: string; readonly isVpn: boolean };
  'check.clock-unknown': NoFacts;
  'check.clock': NoFacts;
  'check.key-unattended': NoFacts;
  'check.clock-wrong': NoFacts;
  'check.docker': { readonly version: string };
  'check.no-docker': { readonly version: string; readonly least: string };
  'check.podman': { readonly version: string /** "": root's. */; readonly account: string };
  'check.no-podman': { readonly version: string; readonly least: string };
  'check.podman-lacks': {
    readonly what: 'account' | 'linger' | 'numbers' | 'ports' | 'socket';
    /** "": root's. */
    readonly account: string;
    readonly uid: number;
  };
  'check.compose': { readonly version: string };
  'check.compose-unknown': { readonly version: string; readonly least: string };
  'check.no-compose': { readonly version: string; readonly least: string };
}

/** Each question of the wizard, with one line that explains the choice. */
interface QuestionTexts {
  'ask.hello': NoFacts;
  'ask.kind': NoFacts;
  'ask.data': NoFacts;
  'ask.server-name': NoFacts;
  'ask.host': NoFacts;
  'ask.reach': NoFacts;
  'ask.homeserver': NoFacts;
  'ask.homeserver-config': NoFacts;
  'ask.start': NoFacts;
  'ask.bot': NoFacts;
  'ask.admin': NoFacts;
  'ask.members': NoFacts;
  'ask.devices': NoFacts;
  /** `fits`: the model that fits this machine, or none; empty where Ollama is somebody else's. */
  'ask.model': { readonly fits: string };
  'ask.backup-key': NoFacts;
  'ask.makes-accounts': NoFacts;
  'ask.hardening': NoFacts;
  'ask.again': { readonly name: QuestionName };
  'ask.yes-or-no': NoFacts;
  'ask.certificate': NoFacts;
  'ask.time-zone': NoFacts;
  'ask.profiles': NoFacts;
  'ask.go-on': NoFacts;
  'ask.default': { readonly value: string };
  /** The default of a question for yes or no. */
  'ask.choice': { readonly isYes: boolean };
  'ask.endpoint': NoFacts;
  'ask.last-answers': { readonly file: string };
  /** A household lies in the folder that was named for data; `file`: its answers. */
  'ask.laid-answers': { readonly file: string };
}

/** The whole of what `kinkeeper setup` says. */
interface CardFacts {
  readonly user: string;
  readonly password: string;
  readonly server: string;
  readonly bot: string;
}

export interface SetupTexts extends CheckTexts, QuestionTexts {
  'status.ok': NoFacts;
  'status.warn': NoFacts;
  'status.fail': NoFacts;
  'stopped-by-checks': NoFacts;
  'change.folder': { readonly path: string };
  'change.file': { readonly path: string; readonly isNew: boolean };
  'change.access': { readonly path: string };
  'change.secret': { readonly path: string };
  'change.act': { readonly act: ActName };
  /** `ended`: which program, and what it said last. */
  ended: { readonly ended: string };
  'people.stay': { readonly people: readonly string[] };
  'changes.none': NoFacts;
  'changes.shown': NoFacts;
  'changes.head': NoFacts;
  'changes.helper': NoFacts;
  'step.done': { readonly act: ActName; readonly tookMs: number };
  'step.under-way': { readonly act: ActName };
  /** What a person gets, once. `server`: where their app connects; `bot`: whom they write to. */
  card: CardFacts;
  /** The same for an account that was there before: a new password. `confirm`: what is typed at the shell where its owner shows a new identity. */
  'card.anew': CardFacts & { readonly confirm: string };
  'backup.key': { readonly privateKey: string; readonly passphrase: string };
  'backup.kept': NoFacts;
  'backup.not-kept': NoFacts;
  'vpn.device': { readonly device: string };
  /** What the guest sends at the end, and asks. */
  'first.question': NoFacts;
  'first.file-name': NoFacts;
  'first.file': { readonly code: string };
  'first.answered': {
    readonly question: string;
    readonly kept: string;
    readonly answer: string;
    readonly isModelMissing: boolean;
    readonly tookMs: number;
  };
  /** `command`: for a new SSH session. */
  'hardening.confirm': { readonly command: string };
  'hardening.failed': { readonly names: string; readonly tool: string };
  'first.failed': { readonly answer: string; readonly doctor: string };
  /** Synapse wants a pause. */
  'synapse.rests': { readonly ms: number };
  'helper.stays': NoFacts;
  declined: NoFacts;
  stopped: NoFacts;
  'already-running': { data: string };
  /** Everything lies ready for a restore. */
  prepared: { readonly backups: string; readonly product: string };
  /** A run after the first that came to its end; `changes`: line by line; `people`: whom it let in. */
  'finished-again': {
    readonly changes: readonly string[];
    readonly people: readonly string[];
    readonly doctor: string;
    readonly tookMs: number;
  };
  /** `doctor`, `reset`: whole lines to type; `reset` makes the admin's card anew. */
  finished: {
    readonly admin: string;
    readonly settingsFile: string;
    readonly doctor: string;
    readonly reset: string;
    readonly tookMs: number;
  };
}
