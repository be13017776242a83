import type { loadConfig } from '../config/load.ts';

/** Settings, secrets and the files that hold them, as the entry file loaded them for the process of the bot. */
export type LoadedSettings = ReturnType<typeof loadConfig>;
