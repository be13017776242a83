import type { Markdown } from '../../../core/wording/markdown.ts';
import type { NoFacts } from '../../../core/wording/shape.ts';

/** What is said while everything is exported, and on the page inside. */
export interface ExportFacts {
  'export.begun': NoFacts;
  'export.password': { readonly password: Markdown };
  'export.progress': { readonly nth: number; readonly parts: number };
  'export.part': { readonly nth: number; readonly parts: number };
  /** Stands above the password and the files; `export.done` below them. */
  'export.sent': { readonly parts: number };
  'export.done': { readonly parts: number };
  /** `free`: from when on another one may be asked for. */
  'export.again': { readonly at: number; readonly free: number };
  'export.running': { readonly at: number; readonly free: number };
  'export.stopped': NoFacts;
  /** Last part of `!privacy`. `addedAt`, `askedAt` (the latest remembered question), `keptUntil`: 0 when there is none; null: it is not known until when. */
  'privacy.use': {
    readonly bytes: number;
    readonly versions: number;
    readonly addedAt: number;
    readonly askedAt: number;
    /** Models that made vectors of the text. */
    readonly vectors: readonly string[];
    /** Keys of the HTTP API that open something; uses and the last one (0: never) of all that are still listed. */
    readonly keys: number;
    readonly uses: number;
    readonly usedAt: number;
    readonly call: Markdown;
    readonly backupsMade: number;
    readonly keptUntil: number | null;
    readonly everything: Markdown;
  };
  'page.title': NoFacts;
  'page.about': NoFacts;
  'page.you': NoFacts;
  'page.admin': NoFacts;
  'page.member': NoFacts;
  'page.since': NoFacts;
  'page.documents': NoFacts;
  'page.replaced-by': NoFacts;
  'page.memory': NoFacts;
  'page.room-papers': NoFacts;
  'page.room-questions': NoFacts;
  'page.passages-shown': NoFacts;
  'page.marked': NoFacts;
  'page.settings': NoFacts;
  'page.shares': NoFacts;
  'page.audit': NoFacts;
  'page.files': NoFacts;
  'page.none': NoFacts;
}
