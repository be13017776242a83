/** How PostgreSQL is reached: the variables of libpq (PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE). */
export type PostgresAddress = Readonly<Record<string, string>>;

/**
 * Reads `postgresql://user:password@host:port/name` into variables, which no list of processes shows. undefined for
 * anything else.
 */
export function postgresAddress(uri: string): PostgresAddress | undefined {
  const url = URL.parse(uri.trim());
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol) || url.pathname.length < 2) return undefined;
  const given = {
    PGHOST: decodeURIComponent(url.searchParams.get('host') ?? url.hostname),
    PGPORT: url.port,
    PGUSER: decodeURIComponent(url.username),
    PGPASSWORD: decodeURIComponent(url.password),
    PGDATABASE: decodeURIComponent(url.pathname.slice(1)),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
}
