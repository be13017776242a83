/** Where the arrival stands. `refused`: what came is not the known model; only the next start tries again. */
export type ArrivalState = 'waiting' | 'running' | 'failing' | 'refused' | 'done';

/** What is written about it: numbers and the model's name, nothing of the household. */
export interface ArrivalLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

/** A model that must be brought before its embedder can work. Implemented by core/transformers, run by startEmbedding. */
export interface ModelArrival {
  readonly state: ArrivalState;
  /** True when the model is there at the end; false when it is refused. Throws the signal's reason. */
  run(log: ArrivalLog, signal: AbortSignal): Promise<boolean>;
}
