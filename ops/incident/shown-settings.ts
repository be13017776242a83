/** Whatever is named like this holds a secret, whoever put it there. */
const SECRET = /(password|passphrase|token|secret|apikey|connection)$/i;

/**
 * The settings as evidence shows them: loaded and defaulted, without who lives here, and with every value left out that could open something. Secrets
 * are kept apart by the loader already; this is for what stands in an address or under a telling name.
 */
export function shownSettings(settings: object): unknown {
  return shown(settings, '');
}

function shown(value: unknown, name: string): unknown {
  if (SECRET.test(name) || name === 'people') return '[left out]';
  if (name === 'webhook') return webhook(value);
  if (typeof value === 'string') return withoutSecret(value);
  if (Array.isArray(value)) return value.map((one) => shown(one, ''));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shown(inner, key)]));
}

/** The path of such an address is its token. */
function webhook(value: unknown): unknown {
  if (typeof value === 'string') {
    const url = URL.parse(value);
    return url === null ? '[left out]' : `${url.protocol}//${url.host}`;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, webhook(inner)]));
}

/** An address without name, password and query; anything else as it is. */
function withoutSecret(value: string): string {
  if (!value.includes('://')) return value;
  const url = URL.parse(value);
  if (url === null) return '[left out]';
  return `${url.protocol}//${url.host}${url.pathname}`;
}
