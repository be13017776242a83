/** See node-modules.mjs, which runs before any package is there. */
export function installedAsLocked(repo: string): boolean;
