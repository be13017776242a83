/**
 * A change of several steps that a kill must leave either undone or done. Add one: a file in this folder, and its line in
 * index.ts. Everything works on a folder of its own; what `act` needs stands in there.
 */
export interface KillScenario {
  readonly name: string;
  /** Makes the folder as it is before the change. Called once; every kill starts from a copy. */
  setUp(folder: string): Promise<void>;
  /**
   * The change itself, run in a process of its own. It names the places it reaches (core/step.ts): the process is killed at
   * each of them, and at random moments between. Has to be safe to repeat after a kill.
   */
  act(folder: string): Promise<void>;
  /**
   * Looks at what was left, as the product would at its next start: `old` when nothing of the change is there, `new` when
   * all of it is. Throws, saying what it found, when it is anything between, or something is lost. May open and so mend.
   */
  check(folder: string): Promise<'old' | 'new'>;
}
