import { AppError } from './errors.ts';

const PLACEHOLDER = /\{\{([A-Za-z0-9]+)\}\}/g;
/** Names, addresses and numbers; nothing that would end a word in nginx, YAML or JSON. */
const PLAIN = /^[A-Za-z0-9._:/[\]-]{1,255}$/;

/**
 * Fills the `{{name}}` of a template of config/deploy. Called by whoever writes the files of a deployment, and by the tests of those files.
 * Throws AppError `invalid` for a placeholder without a value, and for a value that is more than a name, an address or a number.
 */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(PLACEHOLDER, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined)
      throw new AppError('invalid', `The template asks for ${name}, and nothing was given for it.`);
    if (!PLAIN.test(value))
      throw new AppError(
        'invalid',
        `${name} has to be a name, an address or a number, of letters, digits and . _ : / [ ] - only.`,
      );
    return value;
  });
}
