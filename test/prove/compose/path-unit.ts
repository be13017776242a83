import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { HOST_FOLDER, HOST_SETTINGS } from '../../../ops/setup/plan/host-helper-files.ts';
import type { ComposeHousehold } from './compose-household.ts';

/** As often as systemd would notice, about. */
const LOOK_MS = 200;

/**
 * Stands for kinkeeper-host.path, as no systemd runs here: starts the host helper that set-up has laid, with the settings that it wrote, as soon
 * as a request waits.
 */
export class PathUnit implements AsyncDisposable {
  readonly #household: ComposeHousehold;
  readonly #serving: Promise<void>;
  #isOver = false;

  constructor(household: ComposeHousehold) {
    this.#household = household;
    this.#serving = this.#serve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#serving;
  }

  async #serve(): Promise<void> {
    const requests = join(this.#household.spool, 'requests');
    while (!this.#isOver) {
      if (readdirSync(requests).some((name) => name.endsWith('.request')))
        await this.#household.onServer([`${HOST_FOLDER}/kinkeeper-host`, HOST_SETTINGS, 'serve']);
      await pause(LOOK_MS);
    }
  }
}
