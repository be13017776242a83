import { labPython } from './python-child.ts';

/** Vitest calls this once before the e2e project: one clear line instead of a failure in every file. */
export function setup(): void {
  labPython('python');
  labPython('nio');
}
