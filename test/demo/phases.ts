import { seconds, type Terminal } from './terminal.ts';

const TITLE_WIDTH = 26;
const OUTCOME_WIDTH = 48;
/** Where lines cannot change, one says every so often that work goes on. */
const STILL_MS = 10_000;

/** The progress display of the set-up: what is being done, and when it is done how long that took. */
export class Phases {
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Does one phase and returns what it made; `outcome` says in a few words what that is. What `work` throws ends the set-up. */
  async run<Made>(title: string, work: () => Promise<Made>, outcome: (made: Made) => string): Promise<Made> {
    const terminal = this.#terminal;
    const started = Date.now();
    const stop = terminal.live(() => title);
    const still = setInterval(() => {
      if (process.stdout.isTTY !== true) terminal.line(`   ${title} … ${seconds(Date.now() - started)}`);
    }, STILL_MS);
    try {
      const made = await work();
      stop();
      const end = terminal.paint('dim', seconds(Date.now() - started).padStart(7));
      terminal.line(
        ` ${terminal.paint('green', '✓')} ${title.padEnd(TITLE_WIDTH)} ${outcome(made).padEnd(OUTCOME_WIDTH)} ${end}`,
      );
      return made;
    } catch (thrown) {
      stop();
      terminal.line(` ${terminal.paint('red', '✗')} ${title}`);
      throw thrown;
    } finally {
      clearInterval(still);
    }
  }
}
