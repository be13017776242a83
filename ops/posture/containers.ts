import { z } from 'zod';
import { jsonOf, linesOf } from './line.ts';

const strings = z.array(z.string()).nullable();
const bindings = z
  .record(z.string(), z.array(z.object({ HostIp: z.string(), HostPort: z.string() })).nullable())
  .nullable();

const container = z.object({
  name: z.string(),
  service: z.string(),
  running: z.boolean(),
  health: z.string().nullable(),
  ...{ image: z.string(), user: z.string(), appArmor: z.string(), privileged: z.boolean() },
  ...{ capAdd: strings, capDrop: strings, readOnly: z.boolean(), security: strings },
  ...{ network: z.string(), pid: z.string(), ipc: z.string(), uts: z.string(), userns: z.string() },
  memory: z.number(),
  pids: z.number().nullable(),
  restart: z.string(),
  devices: z.array(z.unknown()).nullable(),
  log: z.string(),
  logSize: z.string(),
  ports: bindings,
  bindings,
  mounts: z.array(
    z.object({
      ...{ type: z.string(), source: z.string(), to: z.string(), rw: z.boolean(), propagation: z.string() },
    }),
  ),
});

/** A container as `docker inspect` tells it; the fields are named in ops/host/helper/probes/docker.sh. */
export type Container = Omit<z.infer<typeof container>, 'name'> & { readonly name: string };

/** Every container of the host, running or not. Throws `Unclear` for what is none. */
export function containersIn(text: string): Container[] {
  return linesOf(text).map((line) => {
    const read = jsonOf(line, container, 'docker inspect');
    return { ...read, name: read.name.replace(/^\//, '') };
  });
}

/** Ports of a container that the host lends it, as they are bound or will be once it runs. */
export function published({ ports, bindings: asked }: Container): { ip: string; port: string; protocol: string }[] {
  return [ports, asked].flatMap((one) =>
    Object.entries(one ?? {}).flatMap(([inner, bound]) =>
      (bound ?? []).map(({ HostIp, HostPort }) => ({
        ip: HostIp,
        port: HostPort,
        protocol: inner.split('/')[1] ?? 'tcp',
      })),
    ),
  );
}
