import type { CheckId } from '../../../../../core/posture.ts';
import type { Lane, Scenario } from '../scenario.ts';

/** Options of a container as the compose file asks for them, by what they are about. */
const WELL = {
  user: '--user 10001:10001',
  rights: '--cap-drop ALL',
  root: '--read-only',
  gain: '--security-opt no-new-privileges:true',
  network: '--network inside',
  memory: '--memory 64m',
  processes: '--pids-limit 64',
  restart: '--restart unless-stopped',
  log: '--log-opt max-size=1m',
  health: "--health-cmd 'exit 0' --health-interval 1s",
  service: '--label com.docker.compose.service=bot',
  mounts: '-v /var/lib/kinkeeper-spool/requests:/requests -v /srv/kinkeeper/config:/config:ro --tmpfs /tmp',
  more: '',
  image: '"$(docker image inspect -f {{.Id}} small:1)"',
};

type Options = Partial<typeof WELL>;

/** Script: a container that runs, and is well unless the options say otherwise. */
export function container(name: string, options: Options = {}): string {
  const { image, ...all } = { ...WELL, ...options };
  return `docker run -d --name ${name} ${Object.values(all).join(' ')} ${image} sleep 9999 >/dev/null`;
}

const odd = (id: CheckId, name: string, options: Options, more: Partial<Scenario> = {}): Scenario => {
  const made = `k-${id}`;
  return {
    id,
    name,
    isBeside: true,
    make: container(made, options),
    mend: `docker rm -f -v ${made} >/dev/null`,
    ...more,
  };
};

const NGINX = {
  service: '--label com.docker.compose.service=nginx',
  user: '--user 101',
  rights: '--cap-drop ALL --cap-add NET_BIND_SERVICE',
};
const ports = (name: string, published: string, more: Partial<Scenario> = {}, options: Options = {}) =>
  odd('docker-ports', name, { more: published, ...options }, more);
const mounts = (name: string, option: string, more: Partial<Scenario> = {}) =>
  odd('container-mounts', name, { more: option }, more);

export const DOCKER: readonly Lane[] = [
  [
    ports('a database, around the firewall', '-p 5432:5432', { also: ['listening'] }),
    ports('by IPv6 alone', '-p [::]:6333:6333', { also: ['listening'] }),
    ports('at 127.0.0.1 of an old engine', '-p 127.0.0.1:8008:8008'),
    ports('a web port of another than nginx', '-p 443:443'),
    ports('asked for, and not running', '-p 5432:5432', {
      make: container('k-docker-ports', { more: '-p 5432:5432' }).replace('docker run -d', 'docker create'),
      also: ['container-health'],
    }),
    ports('the web ports of nginx', '-p 443:443 -p 80:80', { wanted: 'pass' }, NGINX),
  ],
  [
    { id: 'docker-group', name: 'somebody is in it', make: 'gpasswd -a ada docker', mend: 'gpasswd -d ada docker' },
    {
      id: 'docker-group',
      name: 'it is the first group of somebody',
      make: 'useradd -M -g docker helper',
      mend: 'userdel helper',
    },
  ],
  [
    {
      id: 'docker-socket',
      name: 'for everybody',
      make: 'chmod 666 /run/docker.sock',
      mend: 'chmod 660 /run/docker.sock',
    },
    {
      id: 'docker-socket',
      name: 'of somebody',
      make: 'chown ada /run/docker.sock',
      mend: 'chown root /run/docker.sock',
    },
    {
      id: 'docker-socket',
      name: 'of everybody’s group',
      make: 'chgrp users /run/docker.sock',
      mend: 'chgrp docker /run/docker.sock',
    },
  ],
  [
    {
      id: 'docker-api',
      name: 'a port of it',
      make: `systemd-run -q --unit test-api python3 -c 'import socket,time\ns=socket.socket();s.bind(("0.0.0.0",2375));s.listen();time.sleep(9999)'; for i in $(seq 30); do ss -Hltn | grep -q :2375 && break; sleep 0.5; done`,
      mend: 'systemctl stop test-api',
      also: ['listening'],
    },
  ],
  [
    odd('container-privileges', 'all rights', { more: '--privileged' }),
    odd('container-privileges', 'the rights that Docker gives', { rights: '' }),
    odd('container-privileges', 'one right more', { rights: '--cap-drop ALL --cap-add SYS_ADMIN' }),
  ],
  [odd('container-root-fs', 'it can write to itself', { root: '' })],
  [odd('container-new-privileges', 'it may gain rights', { gain: '' })],
  [
    odd('container-limits', 'no limit of memory', { memory: '' }),
    odd('container-limits', 'no limit of processes', { processes: '' }),
    odd('container-limits', 'any number of processes', { processes: '--pids-limit -1' }),
  ],
  [
    odd('container-namespaces', 'the network of the host', { network: '--network host' }),
    odd('container-namespaces', 'processes of the host', { more: '--pid host' }),
    odd('container-namespaces', 'processes of another', { more: '--pid container:k-well' }),
    odd('container-namespaces', 'a device of the host', { more: '--device /dev/zero:/dev/zero2' }),
  ],
  [
    mounts('the socket of Docker', '-v $(echo $DOCKER_HOST | sed s,unix://,,):/docker.sock:ro'),
    mounts('the folder of the socket', '-v /var/run:/x:ro'),
    mounts('all that Docker has', '-v /var/lib/docker:/x:ro'),
    mounts('what programs keep', '-v /var/lib:/x:ro'),
    mounts('programs of others', '-v /opt:/x:ro'),
    mounts('settings of the host', '-v /etc:/x:ro'),
    mounts('keys of the host', '-v /etc/ssh:/x:ro'),
    mounts('somebody’s folder', '-v /home:/x:ro'),
    mounts('the whole host', '-v /:/x:ro'),
    mounts('a volume that is a folder of the host', '', {
      make: `docker volume create -o type=none -o o=bind -o device=/etc settings >/dev/null; ${container('k-container-mounts', { more: '-v settings:/x:ro' })}`,
      mend: 'docker rm -f -v k-container-mounts >/dev/null; docker volume rm settings >/dev/null',
    }),
  ],
  [
    odd('container-users', 'root', { user: '', rights: '--cap-drop ALL --cap-add CHOWN' }),
    odd('container-users', 'root by number', { user: '--user 0:10001', rights: '--cap-drop ALL --cap-add FOWNER' }),
    odd(
      'container-users',
      'root that can only become another',
      { user: '', rights: '--cap-drop ALL --cap-add SETUID --cap-add SETGID' },
      { wanted: 'pass' },
    ),
  ],
  [
    odd(
      'container-health',
      'it is stopped',
      {},
      { make: `${container('k-container-health')}; docker stop -t 0 k-container-health` },
    ),
    odd(
      'container-health',
      'it is ill',
      { health: "--health-cmd 'exit 1' --health-interval 1s --health-retries 1" },
      {
        make: `${container('k-container-health', { health: "--health-cmd 'exit 1' --health-interval 1s --health-retries 1" })}; for i in $(seq 40); do [ "$(docker inspect -f {{.State.Health.Status}} k-container-health)" = unhealthy ] && exit 0; sleep 0.5; done; exit 1`,
      },
    ),
    odd('container-health', 'nobody asks', { health: '' }),
    odd('container-health', 'it stays away', { restart: '--restart no' }),
  ],
  [
    odd('container-images', 'a tag that may be another tomorrow', { image: 'small:1' }),
    odd('container-images', 'the image that is built here', { image: 'kinkeeper:local' }, { wanted: 'pass' }),
  ],
  [odd('container-networks', 'the network of all', { network: '' })],
  [
    odd('container-logs', 'without end', { log: '' }),
    odd('container-logs', 'the log of another kind', { log: '--log-driver local' }, { wanted: 'pass' }),
  ],
  [
    odd('container-secrets', 'a password in its environment', { more: '-e POSTGRES_PASSWORD=hunter2' }),
    odd('container-secrets', 'a token in its environment', { more: '-e API_TOKEN=abc' }),
    odd(
      'container-secrets',
      'the name of a file',
      { more: '-e POSTGRES_PASSWORD_FILE=/run/secrets/p' },
      { wanted: 'pass' },
    ),
  ],
];
