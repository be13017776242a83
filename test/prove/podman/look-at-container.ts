import type { Promised } from '../../deploy/promises.ts';
import type { PodmanMachine } from '../../lab/podman/podman-machine.ts';

/** What is read of the first process of the service, behind the one that Podman starts for `init`. */
const LOOK = `
  const { readFileSync: read } = require('node:fs');
  const first = process.argv[1];
  const [child] = read('/proc/' + first + '/task/' + first + '/children', 'utf8').trim().split(' ');
  const status = read('/proc/' + (child || first) + '/status', 'utf8');
  const value = (name) => status.match(new RegExp('^' + name + ':\\\\s*(\\\\S+)', 'm'))[1];
  const root = read('/proc/' + first + '/mounts', 'utf8').match(/^\\S+ \\/ \\S+ (\\S+)/m)[1];
  console.log(JSON.stringify({
    user: Number(value('Uid')), rights: Number('0x' + value('CapBnd')), inEffect: Number('0x' + value('CapEff')), gainsNone: value('NoNewPrivs') === '1',
    filtered: value('Seccomp') === '2', readOnly: root.split(',').includes('ro'),
  }));
`;
/** Rights of root by their numbers in the kernel. */
const RIGHTS: Readonly<Record<string, number>> = { SETGID: 6, SETUID: 7 };

/**
 * What of a running container is not as it is promised, by what the kernel says of its process. `numberOf`: the number that an account of a
 * container has on its host.
 */
export async function lookAtContainer(
  machine: PodmanMachine,
  { name, pid, promised }: { readonly name: string; readonly pid: number; readonly promised: Promised },
  numberOf: (uid: number) => number,
): Promise<string[]> {
  const node = '/opt/kinkeeper/node_modules/node/bin/node';
  const found = await machine.run(`${node} -e '${LOOK.replaceAll("'", '"')}' ${pid}`);
  const rights = promised.caps.reduce((all, right) => all + 2 ** RIGHTS[right]!, 0);
  const user = numberOf(Number(promised.user.split(':')[0]));
  const wanted = { user, rights, inEffect: rights, gainsNone: true, filtered: true, readOnly: true };
  const is = JSON.stringify(wanted) === found;
  return is ? [] : [`${name}: its process has ${found}, not ${JSON.stringify(wanted)}`];
}
