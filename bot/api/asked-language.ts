import type { IncomingMessage } from 'node:http';
import { LANGUAGES, type Language } from '../../core/caller.ts';

/** Nobody's list of languages is longer; what is behind it is not looked at. */
const MOST_CHARACTERS = 200;

/**
 * The language that a request asks for by `Accept-Language` (RFC 9110, 12.5.4), the first of those of equal weight; undefined where
 * it asks for none that is spoken here, as programs do.
 */
export function askedLanguage(request: Pick<IncomingMessage, 'headers'>): Language | undefined {
  const ranges = (request.headers['accept-language'] ?? '')
    .slice(0, MOST_CHARACTERS)
    .toLowerCase()
    .split(',')
    .map(rangeOf);
  const [best] = ranges
    .filter(({ language, weight }) => language !== undefined && weight > 0)
    .sort((one, other) => other.weight - one.weight);
  return best?.language;
}

function rangeOf(text: string): { readonly language: Language | undefined; readonly weight: number } {
  const [tag = '', ...parameters] = text.split(';').map((part) => part.trim());
  const quality = parameters.flatMap((one) => /^q=([\d.]{1,5})$/.exec(one)?.[1] ?? [])[0];
  return { language: LANGUAGES.find((language) => tag.split('-')[0] === language), weight: Number(quality ?? 1) };
}
