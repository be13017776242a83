import { z } from 'zod';
import { API_KEY_PREFIX } from '../../core/api-key-text.ts';
import type { Language } from '../../core/caller.ts';
import { HttpError } from './http-error.ts';

/** zod's own words of what is wrong with a value. */
const PROBLEMS = { en: z.locales.en().localeError, de: z.locales.de().localeError } as const satisfies Record<
  Language,
  unknown
>;

/** What names a field that is not there repeats what was sent; a key that was put there by mistake is to stand in no script’s log. */
const LIKE_A_KEY = new RegExp(`${API_KEY_PREFIX}\\w*`, 'gi');

/** Checks texts of an address or of headers by a shape: numbers are made of those that are written as such. Throws as `checked`. */
export function checkedTexts<Shape extends z.ZodObject>(
  shape: Shape,
  texts: Readonly<Record<string, unknown>>,
  language: Language,
): z.infer<Shape> {
  const numbers = numbersOf(shape);
  const values = Object.entries(texts).map(([name, text]) => {
    const isNumber = numbers.has(name) && typeof text === 'string' && /^\d{1,15}$/.test(text);
    return [name, isNumber ? Number(text) : text];
  });
  return checked(shape, Object.fromEntries(values), language);
}

/** Checks a value by a shape. Throws HttpError `invalid` (`api-invalid`), with the first field that is wrong and why. */
export function checked<Shape extends z.ZodType>(shape: Shape, value: unknown, language: Language): z.infer<Shape> {
  const result = shape.safeParse(value, { error: PROBLEMS[language] });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const facts = { where: (issue?.path ?? []).join('.'), problem: (issue?.message ?? '').replace(LIKE_A_KEY, '…') };
  throw new HttpError('invalid', 'the request does not fit its shape', { reason: 'api-invalid', facts });
}

const known = new WeakMap<z.ZodObject, ReadonlySet<string>>();

/** Names of a shape's whole numbers. */
function numbersOf(shape: z.ZodObject): ReadonlySet<string> {
  const found = known.get(shape) ?? new Set(integers(shape));
  known.set(shape, found);
  return found;
}

function integers(shape: z.ZodObject): string[] {
  const { properties = {} } = z.toJSONSchema(shape, { io: 'input' }) as {
    properties?: Record<string, { type?: string }>;
  };
  return Object.entries(properties).flatMap(([name, { type }]) => (type === 'integer' ? [name] : []));
}
