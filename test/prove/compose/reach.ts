import { execa } from 'execa';
import { DOOR, LEAD_OUT, PROMISED } from '../../deploy/promises.ts';
import { WIRE } from '../../lab/docker/two-hosts.ts';
import type { Container } from './compose-household.ts';

/** Where the person outside listens. */
export const OUTSIDE_PORT = 9999;

/** An address that is tried, and whose it is. */
export interface Target {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** Tries each target; writes the names of those that take a connection. */
export const PROBE = `
  const { connect } = require('node:net');
  const tried = JSON.parse(process.argv[1]).map(({ name, host, port }) => new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 });
    const end = (open) => { socket.destroy(); resolve(open ? name : ''); };
    socket.on('connect', () => end(true)).on('error', () => end(false)).on('timeout', () => end(false));
  }));
  Promise.all(tried).then((names) => console.log(JSON.stringify([...new Set(names.filter((one) => one !== ''))].sort())));
`;

/** Whom a service reaches on any of their addresses, tried from its own network; `outside` is the far end of the wire. */
export async function reachedFrom(name: string, containers: ReadonlyMap<string, Container>): Promise<string[]> {
  const space = `/proc/${containers.get(name)!.State.Pid}/ns/net`;
  const targets = JSON.stringify(targetsOf(name, containers));
  const { stdout } = await execa('nsenter', [`--net=${space}`, process.execPath, '-e', PROBE, targets]);
  return JSON.parse(stdout) as string[];
}

/** Every address of the others at which somebody listens, and the outside. */
export function targetsOf(name: string, containers: ReadonlyMap<string, Pick<Container, 'NetworkSettings'>>): Target[] {
  const targets: Target[] = [{ name: 'outside', host: WIRE.outside, port: OUTSIDE_PORT }];
  for (const [other, container] of containers) {
    if (other === name) continue;
    const addresses = Object.values(container.NetworkSettings.Networks).flatMap((one) => [
      one.IPAddress,
      one.GlobalIPv6Address,
    ]);
    for (const host of addresses.filter((one) => one !== ''))
      for (const port of PROMISED[other]!.ports) targets.push({ name: other, host, port });
  }
  return targets;
}

/** Whom it may reach: who listens in one of its networks, and the outside where one of them leads out. */
export function promisedReach(name: string): string[] {
  const own = PROMISED[name]!.networks;
  const others = Object.entries(PROMISED).filter(([other, promised]) => {
    return (
      other !== name &&
      promised.profile === undefined &&
      promised.ports.length > 0 &&
      (promised.listensIn ?? promised.networks).some((one) => own.includes(one))
    );
  });
  const out = own.some((one) => one !== DOOR && (LEAD_OUT as readonly string[]).includes(one));
  return [...others.map(([other]) => other), ...(out ? ['outside'] : [])].sort();
}
