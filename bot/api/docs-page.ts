import { createHash } from 'node:crypto';
import { escapeXml } from '../../core/escape-xml.ts';
import type { Endpoint } from './endpoint.ts';

const STYLE = `body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:0 auto;padding:1rem;color:#222;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem;border-top:1px solid #ccc;padding-top:1rem}
code,pre{font-family:ui-monospace,monospace;font-size:.9rem}pre{background:#f3f3f3;padding:.7rem;overflow-x:auto}
dt{font-weight:600}dd{margin:0 0 .4rem 1rem}
@media (prefers-color-scheme:dark){body{color:#eee;background:#111}pre{background:#222}}`;

/** What the page may load: its own style, and nothing else. */
export const DOCS_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

const EXAMPLES: Readonly<Record<string, string>> = {
  'POST /v1/documents': '-F file=@scan.pdf -F note="dentist, March"',
  'GET /v1/uploads/{id}': '',
  'GET /v1/documents': '',
  'DELETE /v1/documents/{number}': '-X DELETE',
  'POST /v1/ask': '--json \'{"question": "How much is the rent?"}\'',
  'GET /v1/export': '-H "Export-Password: a long one of yours" -OJ',
};

interface Operation {
  readonly summary: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly description?: string }[];
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

/** The API on one page, made of its description: no script, nothing that is fetched from anywhere. */
export function docsPage(endpoints: readonly Endpoint[], description: Readonly<Record<string, unknown>>): string {
  const paths = description.paths as Record<string, Record<string, Operation>>;
  return [
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>Kinkeeper: the HTTP API</title>\n<style>${STYLE}</style>\n</head>\n<body>\n<h1>Kinkeeper: the HTTP API</h1>`,
    '<p>For scanners, scripts and your phone’s share menu. Make a key in your chat with the bot, and send it with every request:</p>',
    '<pre>!apikey new scanner --upload-only\n\nAuthorization: Bearer kinkeeper_…</pre>',
    '<p>Errors are JSON of one shape: <code>{"error": {"code", "reason", "message", "reference"}}</code>. With 429 and 503, <code>Retry-After</code> says how many seconds to wait. Everything in detail: <a href="openapi.json">openapi.json</a>.</p>',
    ...endpoints.map((endpoint) => section(endpoint, paths[endpoint.path]![endpoint.method.toLowerCase()]!)),
    '</body>\n</html>\n',
  ].join('\n');
}

function section({ method, path, scope }: Endpoint, { summary, parameters, responses }: Operation): string {
  const name = `${method} ${path}`;
  const good = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const terms = [
    ...parameters.map(
      (one) => [one.name, one.description === undefined ? `${one.in}.` : `${one.in}. ${one.description}`] as const,
    ),
    ...good.map(([status, { description }]) => [status, description] as const),
  ];
  return [
    `<h2><code>${escapeXml(name)}</code></h2>\n<p>${withCode(summary)} The key needs <code>${scope}</code>.</p>`,
    `<pre>curl -H "Authorization: Bearer $KEY" ${escapeXml(`${EXAMPLES[name] ?? ''} https://your.server${path}`.trim())}</pre>`,
    `<dl>${terms.map(([term, text]) => `<dt>${escapeXml(term)}</dt><dd>${withCode(text)}</dd>`).join('')}</dl>`,
  ].join('\n');
}

/** What stands between backticks as code, as the description (CommonMark) means it. */
function withCode(text: string): string {
  return escapeXml(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}
