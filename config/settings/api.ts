import type { Setting } from '../setting.ts';
import { listen, networks } from '../setting-types.ts';

/** The HTTP API. */
export const apiSettings = {
  'api.listen': { type: listen, fallback: '127.0.0.1:8765', meaning: 'Where the HTTP API listens; empty: off' },
  'api.proxies': {
    type: networks,
    // The API is published by a proxy alone, and nobody outside of these speaks to it.
    fallback: ['127.0.0.0/8', '::1', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
    meaning: 'Addresses and networks of proxies in front of the HTTP API, whose X-Forwarded-For is believed',
  },
} as const satisfies Record<string, Setting>;
