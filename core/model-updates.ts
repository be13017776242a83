import type { LanguageModel } from './question.ts';

/**
 * What its registry says about a model in use. `own`: it does not come from that registry, or was made here. `unknown`: it could
 * not be looked at. `digest` names the newer one: hex of its SHA-256.
 */
export type ModelNews =
  | { readonly state: 'current' | 'own' | 'unknown'; readonly digest?: undefined }
  | { readonly state: 'newer'; readonly digest: string };

/** A model in use on a server that can fetch newer ones by the same name. Implemented by core/ollama; used by the job `update`. */
export interface UpdatableModel {
  /** As in the settings, such as `qwen3:4b`. */
  readonly name: string;
  readonly use: 'answering' | 'embedding';
  /** Only names and digests leave the house. Never throws but the signal's reason. */
  news(signal: AbortSignal): Promise<ModelNews>;
  /** Ends what a run that was cut off left: the old one serves again. To be called before `fetch`. */
  settle(signal: AbortSignal): Promise<void>;
  /**
   * Fetches the newer one and lays it beside the old one, which goes on serving. Throws AppError `unavailable` (`model-fetch`), the signal's
   * reason; the old one serves then as before.
   */
  fetch(options: FetchOptions): Promise<void>;
  /** The one that serves, and the one on trial, for who measures them. */
  readonly serving: LanguageModel;
  readonly onTrial: LanguageModel;
  /** The one on trial takes the place of the old one, which is removed. */
  take(): Promise<void>;
  /** The one on trial is removed. */
  drop(): Promise<void>;
}

/** `onProgress` is told bytes. */
export interface FetchOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number | undefined, total: number | undefined) => void;
}
