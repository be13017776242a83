import { z } from 'zod';
import { API_KEY_PREFIX } from '../../core/api-key-text.ts';
import { HttpError } from './http-error.ts';

/** Where in a request a value stands. */
export type RequestPlace = 'path' | 'query' | 'header' | 'body';

/** What is wrong with a value; its words are in the wording catalogue (`api-invalid`). */
type Problem = 'missing' | 'unknown' | 'twice' | 'kind' | 'empty' | 'short' | 'long' | 'small' | 'large' | 'form';

/** What names a field that is not there repeats what was sent; a key that was put there by mistake is to stand in no script’s log. */
const LIKE_A_KEY = new RegExp(`${API_KEY_PREFIX}\\w*`, 'gi');

/** Checks texts of an address or of headers by a shape: numbers are made of those that are written as such. Throws as `checked`. */
export function checkedTexts<Shape extends z.ZodObject>(
  shape: Shape,
  texts: Readonly<Record<string, unknown>>,
  place: RequestPlace,
): z.infer<Shape> {
  const fields = fieldsOf(shape);
  const values = Object.entries(texts).map(([name, text]) => {
    const isNumber = fields.get(name)?.type === 'integer' && typeof text === 'string' && /^\d{1,15}$/.test(text);
    return [name, isNumber ? Number(text) : text];
  });
  return checked(shape, Object.fromEntries(values), place);
}

/** Checks a value by a shape. Throws HttpError `invalid` (`api-invalid`), with the first field that is wrong, why, and what was expected. */
export function checked<Shape extends z.ZodObject>(shape: Shape, value: unknown, place: RequestPlace): z.infer<Shape> {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const name = issue.code === 'unrecognized_keys' ? issue.keys[0]! : issue.path.join('.');
  throw invalidField(shape, { place, name, problem: problemOf(issue, value) });
}

/** The error for one field of a shape: HttpError `invalid` (`api-invalid`). */
export function invalidField(
  shape: z.ZodObject,
  { place, name, problem }: { readonly place: RequestPlace; readonly name: string; readonly problem: Problem },
): HttpError {
  const fields = fieldsOf(shape);
  const { type = 'object', minLength, maxLength, minimum, maximum } = fields.get(name) ?? {};
  const facts = {
    ...{ place, problem, type, field: shownName(name, place), takes: [...fields.keys()].join(', ') },
    least: minLength ?? minimum ?? NO_LIMIT,
    most: maxLength ?? maximum ?? NO_LIMIT,
  };
  return new HttpError('invalid', 'the request does not fit its shape', { reason: 'api-invalid', facts });
}

const NO_LIMIT = -1;

function problemOf(issue: z.core.$ZodIssue, value: unknown): Problem {
  const given = issue.path.reduce<unknown>((inner, step) => (inner as Record<PropertyKey, unknown>)?.[step], value);
  if (given === undefined && issue.path.length > 0) return 'missing';
  switch (issue.code) {
    case 'unrecognized_keys':
      return 'unknown';
    case 'too_small':
      return typeof given !== 'string' ? 'small' : given === '' ? 'empty' : 'short';
    case 'too_big':
      return typeof given === 'string' ? 'long' : 'large';
    case 'invalid_format':
      return typeof given === 'string' && given.trim() === '' ? 'empty' : 'form';
    default:
      return 'kind';
  }
}

/** Headers are written with capitals, as everybody knows them. */
function shownName(name: string, place: RequestPlace): string {
  const shown = place === 'header' ? name.replace(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase()) : name;
  return shown.replace(LIKE_A_KEY, '…');
}

interface Field {
  readonly type?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

const known = new WeakMap<z.ZodObject, ReadonlyMap<string, Field>>();

/** What a shape says of each of its fields. */
function fieldsOf(shape: z.ZodObject): ReadonlyMap<string, Field> {
  const found = known.get(shape) ?? new Map(Object.entries(propertiesOf(shape)));
  known.set(shape, found);
  return found;
}

function propertiesOf(shape: z.ZodObject): Readonly<Record<string, Field>> {
  return (z.toJSONSchema(shape, { io: 'input' }) as { properties?: Record<string, Field> }).properties ?? {};
}
