import { inspect } from 'node:util';

/**
 * A password, passphrase or key on its way to where it is used. Prints blank in templates, JSON and inspection, so that
 * no log line or error message can hold it by accident; only `reveal()` opens it.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The secret itself. Call it at the point of use and keep the result in no field. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '';
  }

  toJSON(): string {
    return '';
  }

  [inspect.custom](): string {
    return '';
  }
}
