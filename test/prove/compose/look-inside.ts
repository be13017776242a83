import type { ComposeHousehold } from './compose-household.ts';

/** The programs of the image, besides those of PostgreSQL: what config/deploy/image/strip-root.mjs lets stay. */
const PROGRAMS = 'dash env nice prlimit rsync sh ssh true unshare';

/** What a thief of the account of ops would find. */
const LOOK = `
  const fs = require('node:fs');
  const writable = ['/app', '/config', '/run/secrets', '/usr/bin', '/homeserver', '/data/models', '/var/lib/kinkeeper-spool'].filter((folder) => {
    try { fs.writeFileSync(folder + '/x', ''); return true; } catch { return false; }
  });
  const setId = fs.readdirSync('/usr/bin').filter((name) => (fs.statSync('/usr/bin/' + name).mode & 0o6000) !== 0);
  const sbom = JSON.parse(fs.readFileSync('/app/sbom.cdx.json', 'utf8')).components.length;
  console.log(JSON.stringify({ programs: fs.readdirSync('/usr/bin').join(' '), writable, setId, sbom: sbom > 100, uid: process.getuid() }));
`;

/** Looks into the container of ops, and has the product's own doctor look. What is not as it has to be, in words. */
export async function lookInside(household: ComposeHousehold): Promise<string[]> {
  const inOps = (...words: string[]) => household.compose('exec', '-T', 'ops', ...words);
  const found = await inOps('node', '-e', LOOK);
  const wanted = JSON.stringify({ programs: PROGRAMS, writable: [], setId: [], sbom: true, uid: 10001 });
  const doctor = (await inOps('kinkeeper', 'doctor')).split('\n');
  const findings = doctor.filter((line) => line.startsWith('fail'));
  if (!doctor.some((line) => /^ok +reading files/.test(line))) findings.push('files are not read in there');
  for (const program of ['pg_dump', 'pg_restore', 'psql', 'rsync']) await inOps(program, '--version');
  return [
    ...(found === wanted ? [] : [`inside: ${found}, not ${wanted}`]),
    ...findings.map((line) => `doctor inside: ${line}`),
  ];
}
