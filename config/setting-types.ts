import { isIP } from 'node:net';
import { parse as parseCron, validateDetailed } from 'node-cron';
import { type Age, compareAges, parseAge, writeAge } from '../core/retention/age.ts';

/** What came of reading one raw value. `at` points inside a list (`[1].id`), empty for the value itself. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly { at: string; expected: string; given?: unknown }[] };

/**
 * One kind of value. `parse` takes what YAML gives or the text of an environment variable. `role` tells the loader about
 * values that it must treat itself: paths are made absolute, secret files are opened.
 */
export interface SettingType<T> {
  readonly expected: string;
  readonly role?: 'path' | 'secret-file';
  /** True when an empty text is a value ("off") and not the same as leaving the setting out. */
  readonly emptyIsValue?: boolean;
  parse(raw: unknown): Parsed<T>;
  /** For values with paths inside: the same value with each path made absolute. */
  absolute?(value: T, absolute: (path: string) => string): T;
}

/** A person of the settings file: the household's first members. */
export interface SettingsPerson {
  readonly id: string;
  readonly role: 'admin' | 'member';
  readonly language: 'en' | 'de';
}

/** Where the HTTP API listens. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

function simple<T>(expected: string, read: (raw: unknown) => T | undefined): SettingType<T> {
  const parse = (raw: unknown): Parsed<T> => {
    const value = read(raw);
    return value === undefined ? { ok: false, problems: [{ at: '', expected, given: raw }] } : { ok: true, value };
  };
  return { expected, parse };
}

const asText = (raw: unknown) => (typeof raw === 'string' && raw.trim() !== '' ? raw.trim() : undefined);

export const text: SettingType<string> = simple('a text', asText);

export const path: SettingType<string> = { ...simple('a path', asText), role: 'path' };

export const secretFile: SettingType<string> = {
  ...simple('the path of a file that holds the secret (mode 600)', asText),
  role: 'secret-file',
};

/** One address for mail, without a name around it. */
export const mailAddress: SettingType<string> = simple('a mail address such as ada@example.org', (raw) => {
  const value = asText(raw);
  return value !== undefined && /^[^\s@<>,;"]{1,64}@[a-z0-9.-]{1,253}$/i.test(value) ? value : undefined;
});

/** One of a few words. `note` explains a word that people may expect but that is refused. */
export function choice<const T extends string>(words: readonly T[], note = ''): SettingType<T> {
  return simple(`${words.join(' or ')}${note}`, (raw) => words.find((word) => word === raw));
}

/** A whole number from `min` to `max`, both included; `unit` is what it counts. */
export function count(unit: string, min: number, max: number): SettingType<number> {
  return simple(`a whole number of ${unit} from ${min} to ${max}`, (raw) => {
    const value = typeof raw === 'string' && /^\d+$/.test(raw) ? Number(raw) : raw;
    return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : undefined;
  });
}

/** Tesseract's names of languages ("eng", "chi_sim"), as a list or parted by commas. */
export const languages: SettingType<readonly string[]> = simple('names of languages such as eng, deu', (raw) => {
  const names = (Array.isArray(raw) ? raw : String(raw ?? '').split(',')).map((name) => String(name).trim());
  return names.length > 0 && names.every((name) => /^[a-z][a-z_]{1,19}$/i.test(name)) ? [...new Set(names)] : undefined;
});

/** An address for HTTP, kept without its last slash. A name or password inside it would be a secret, so it is refused unshown. */
export const url: SettingType<string> = {
  expected: 'an http:// or https:// address',
  parse(raw) {
    const parsed = typeof raw === 'string' ? URL.parse(raw.trim()) : null;
    if (parsed?.username || parsed?.password) {
      return { ok: false, problems: [{ at: '', expected: 'an address without a name or password in it' }] };
    }
    const usable = parsed && /^https?:$/.test(parsed.protocol) && !parsed.search && !parsed.hash;
    if (!usable) return { ok: false, problems: [{ at: '', expected: url.expected, given: raw }] };
    return { ok: true, value: parsed.href.replace(/\/+$/, '') };
  },
};

/** As `url`; empty is off. */
export const urlOrOff: SettingType<string | 'off'> = {
  expected: 'an http:// or https:// address, or empty for off',
  parse(raw) {
    if (raw === '') return { ok: true, value: 'off' };
    const parsed = url.parse(raw);
    if (parsed.ok) return parsed;
    return { ok: false, problems: parsed.problems.map((one) => ({ ...one, expected: urlOrOff.expected })) };
  },
  emptyIsValue: true,
};

const NEAR_HOST = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|[a-z0-9_-]+)$/i;

/**
 * As `url`, for a server that is told much and must not be overheard: without TLS only on this machine, or by a name
 * without a dot, which only the private network of a compose project resolves.
 */
export const nearUrl: SettingType<string> = {
  expected: 'an https:// address, or http:// to this machine or to a name without a dot (a compose service)',
  parse(raw) {
    const parsed = url.parse(raw);
    if (!parsed.ok)
      return { ok: false, problems: parsed.problems.map((one) => ({ ...one, expected: nearUrl.expected })) };
    const { protocol, hostname } = new URL(parsed.value);
    if (protocol === 'https:' || NEAR_HOST.test(hostname)) return parsed;
    return { ok: false, problems: [{ at: '', expected: nearUrl.expected, given: raw }] };
  },
};

const SERVER_NAME = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?$/;

/** Form of Matrix ids: sigil, name, colon, server; at most 255 bytes (spec, appendices, "Common identifier format"). */
function matrixId(sigil: string, raw: unknown): string | undefined {
  if (typeof raw !== 'string' || Buffer.byteLength(raw) > 255 || !raw.startsWith(sigil)) return undefined;
  const colon = raw.indexOf(':');
  const name = raw.slice(1, colon);
  return colon > 1 && /^[\x21-\x39\x3b-\x7e]+$/.test(name) && SERVER_NAME.test(raw.slice(colon + 1)) ? raw : undefined;
}

const AN_AGE = 'a time such as "30 days", "2 years" or forever';

/** How long something is kept. */
export const age: SettingType<Age> = simple(AN_AGE, asAge);

/** An age of at least so many days, and never without an end. */
export function limitedAge(least: number): SettingType<number> {
  return simple(`a time such as "1 year", from ${writeAge(least)} on`, (raw) => {
    const value = asAge(raw);
    return typeof value === 'number' && value >= least ? value : undefined;
  });
}

/** Which ages people may choose: "1 day to forever". One age alone leaves no choice. */
export const ageBounds: SettingType<{ readonly least: Age; readonly most: Age }> = simple(
  'two times such as "1 day to 2 years" (or "30 days to forever")',
  (raw) => {
    const parts = typeof raw === 'string' ? raw.split(/\s+to\s+/i).map(asAge) : [];
    const [least, most = least] = parts;
    if (parts.length > 2 || least === undefined || most === undefined || compareAges(least, most) > 0) return undefined;
    return { least, most };
  },
);

function asAge(raw: unknown): Age | undefined {
  return typeof raw === 'string' || typeof raw === 'number' ? parseAge(String(raw)) : undefined;
}

export const userId: SettingType<string> = simple('a user id such as "@ada:home.test"', (raw) => matrixId('@', raw));

/** A room id, also of room version 12, whose ids have no server part. */
export const opsRoom: SettingType<string> = simple('auto, or a room id such as "!abc:home.test"', (raw) =>
  raw === 'auto' || (typeof raw === 'string' && /^![A-Za-z0-9_-]{43}$/.test(raw))
    ? (raw as string)
    : matrixId('!', raw),
);

/** host:port, IPv6 in brackets; empty switches the API off. */
export const listen: SettingType<ListenAddress | 'off'> = {
  ...simple('host:port such as 127.0.0.1:8765, or empty for off', (raw) => {
    if (raw === '') return 'off';
    const match = typeof raw === 'string' ? /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(raw) : null;
    const port = Number(match?.[3]);
    const host = match?.[1] ?? match?.[2];
    if (host === undefined || port > 65535 || (match?.[1] !== undefined && isIP(host) !== 6)) return undefined;
    return { host, port };
  }),
  emptyIsValue: true,
};

/** Addresses of proxies and networks of them, as a list or parted by commas. */
export const networks: SettingType<readonly string[]> = {
  ...simple('addresses or networks such as 127.0.0.1, 10.0.0.0/8, or empty for none', (raw) => {
    const given = (Array.isArray(raw) ? raw : String(raw ?? '').split(',')).map((one) => String(one).trim());
    const named = given.filter((one) => one !== '');
    return named.every(isNetwork) ? [...new Set(named)] : undefined;
  }),
  emptyIsValue: true,
};

function isNetwork(text: string): boolean {
  const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && (prefix === undefined || Number(prefix) <= (version === 6 ? 128 : 32));
}

/** Five cron fields (or @daily and the like) in the machine's time zone; empty is off. L, W and # are refused: catch-up cannot follow them. */
export const schedule: SettingType<string> = {
  ...simple('five cron fields such as "15 3 * * *", or empty for off', (raw) => {
    if (typeof raw !== 'string') return undefined;
    const expression = raw.trim();
    if (expression === '') return '';
    if (!expression.startsWith('@') && expression.split(/\s+/).length !== 5) return undefined;
    if (!validateDetailed(expression).valid) return undefined;
    const fields = parseCron(expression);
    return [...fields.dayOfMonth, ...fields.dayOfWeek].every((day) => typeof day === 'number') ? expression : undefined;
  }),
  emptyIsValue: true,
};
