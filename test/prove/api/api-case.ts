import type { Random } from '../isolation/random.ts';
import type { Operation } from './description.ts';
import { anything, fitting, hardText, spoilt } from './make-value.ts';

/** A request to send. `typed`: every text that was put into it. */
export interface ApiCase {
  readonly operation: Operation;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: BodyInit | undefined;
  readonly typed: string;
}

/** What cases are made of. */
export interface CaseWords {
  /** Words for questions and names, those of somebody else among them. */
  readonly words: readonly string[];
  /** Ids that were seen in answers to anybody: of uploads and exports. */
  readonly ids: readonly string[];
  /** A file to send: one of a few, so that most are known already. */
  readonly file: () => { readonly name: string; readonly text: string };
}

const SPOILT_SHARE = 0.45;

/** Makes a case of an operation: as described, or with something wrong in one of its places. */
export function makeCase(random: Random, operation: Operation, given: CaseWords): ApiCase {
  const wrong = random.chance(SPOILT_SHARE) ? random.of(placesOf(operation)) : undefined;
  const query = new URLSearchParams();
  const headers: Record<string, string> = {};
  let { path } = operation;
  for (const { name, in: place, required, schema } of operation.parameters) {
    if (!required && random.chance(0.5)) continue;
    const isId = name === 'id' || name === 'export';
    const good =
      isId && given.ids.length > 0 && random.chance(0.8) ? random.of(given.ids) : fitting(random, schema, given.words);
    const text = String(wrong === place && random.chance(0.7) ? hardText(random) : name === 'wait' ? 0 : good);
    if (place === 'path') path = path.replace(`{${name}}`, encodeURIComponent(text.toWellFormed()) || '%20');
    else if (place === 'query') query.append(name, text);
    else if (/^[\x20-\x7e]+$/.test(text)) headers[name] = text;
  }
  if (operation.method === 'POST' && path === '/v1/documents' && random.chance(0.9)) query.set('wait', '0');
  if (path === '/v1/export' && random.chance(0.7)) headers['export-password'] = 'a long password';
  if (wrong === 'query' && random.chance(0.5))
    query.append(hardText(random).toWellFormed(), hardText(random).toWellFormed());
  const { body, typed, type } = bodyFor(random, operation, { ...given, isWrong: wrong === 'body' });
  if (type !== undefined) headers['content-type'] = type;
  if (wrong === 'header')
    headers[random.of(['accept', 'content-type', 'x-forwarded-for'])] = random.of([
      '',
      'x',
      '*/*',
      'text/event-stream',
      'a/b; charset=x',
    ]);
  else if (path === '/v1/ask' && random.chance(0.2)) headers.accept = 'text/event-stream';
  const method =
    wrong === 'method' ? random.of(['PUT', 'PATCH', 'OPTIONS', 'GET', 'POST', 'DELETE']) : operation.method;
  const search = query.size > 0 ? `?${query}` : '';
  const isBodyless = ['GET', 'HEAD'].includes(method);
  return {
    ...{ operation, method, path: path + search, headers },
    body: isBodyless ? undefined : body,
    typed: `${path} ${[...query.values()].join(' ')} ${typed}`,
  };
}

/** Where a request of an operation can be spoilt. */
function placesOf({ parameters, bodies }: Operation): ('path' | 'query' | 'body' | 'header' | 'method')[] {
  const hasPath = parameters.some((one) => one.in === 'path');
  const hasBody = Object.keys(bodies).length > 0;
  return [
    'query',
    'query',
    'header',
    'method',
    ...(hasPath ? (['path', 'path'] as const) : []),
    ...(hasBody ? (['body', 'body', 'body'] as const) : []),
  ];
}

function bodyFor(
  random: Random,
  { bodies }: Operation,
  { words, file, isWrong }: CaseWords & { readonly isWrong: boolean },
): { body: BodyInit | undefined; typed: string; type?: string } {
  const types = Object.keys(bodies);
  if (types.length === 0) return { body: undefined, typed: '' };
  const type = random.of(types);
  if (type === 'application/json') {
    const good = fitting(random, bodies[type]!, words);
    const text =
      isWrong && random.chance(0.3)
        ? hardText(random).toWellFormed()
        : JSON.stringify(isWrong ? spoilt(random, good) : good);
    return { body: text, typed: text, type: isWrong && random.chance(0.1) ? 'text/plain' : type };
  }
  const { name, text } = file();
  if (type === 'multipart/form-data') {
    const form = new FormData();
    if (!isWrong || random.chance(0.5))
      form.append(isWrong ? random.of(['file', 'File', 'upload']) : 'file', new Blob([text]), name);
    if (random.chance(0.3)) form.append('note', random.of(words));
    if (isWrong) form.append(random.of(['file', 'note', 'extra']), hardText(random));
    return { body: form, typed: text };
  }
  const bytes = isWrong ? JSON.stringify(anything(random)) : text;
  return { body: bytes, typed: bytes, type: random.of([type, 'text/plain', 'application/pdf']) };
}
