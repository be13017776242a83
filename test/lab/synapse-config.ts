import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a test may choose about its homeserver. */
export interface SynapseSettings {
  /** `default` keeps the message, invite, join and room limits that Synapse ships with (messages: 0.2/s after a burst of 10). */
  readonly rateLimits: 'lifted' | 'default';
  readonly roomVersion: '11' | '12';
  readonly maxUploadBytes: number;
}

/** The server part of every user id in tests and the demo. */
export const SERVER_NAME = 'home.test';

/** Key of the admin API that creates accounts; the server listens on loopback only and is thrown away. */
export const REGISTRATION_SECRET = 'registration-secret-of-a-throw-away-server';

const UNLIMITED = { per_second: 100_000, burst_count: 100_000 };

const LIFTED = {
  rc_message: UNLIMITED,
  rc_registration: UNLIMITED,
  rc_login: { address: UNLIMITED, account: UNLIMITED, failed_attempts: UNLIMITED },
  rc_admin_redaction: UNLIMITED,
  rc_joins: { local: UNLIMITED, remote: UNLIMITED },
  rc_joins_per_room: UNLIMITED,
  rc_key_requests: UNLIMITED,
  rc_invites: { per_room: UNLIMITED, per_user: UNLIMITED, per_issuer: UNLIMITED },
  rc_media_create: UNLIMITED,
  rc_presence: { per_user: UNLIMITED },
  rc_room_creation: UNLIMITED,
  rc_profile: UNLIMITED,
  rc_user_directory: UNLIMITED,
};

// A family logs in from several addresses; here all of them are 127.0.0.1, so this one limit would be an artefact of the laboratory.
const DEFAULT_BUT_ONE_ADDRESS = { rc_login: { address: UNLIMITED } };

/** Writes homeserver.yaml (JSON is YAML) and the log settings into `dir`; the database file lies there too. */
export function writeSynapseConfig(dir: string, port: number, settings: SynapseSettings): void {
  mkdirSync(join(dir, 'media'), { recursive: true });
  writeFileSync(join(dir, 'homeserver.yaml'), JSON.stringify(homeserver(dir, port, settings), null, 1));
  writeFileSync(join(dir, 'log.yaml'), JSON.stringify(logging(dir), null, 1));
}

function homeserver(dir: string, port: number, settings: SynapseSettings): object {
  return {
    server_name: SERVER_NAME,
    public_baseurl: `http://127.0.0.1:${port}/`,
    pid_file: join(dir, 'homeserver.pid'),
    listeners: [
      {
        port,
        type: 'http',
        tls: false,
        x_forwarded: false,
        bind_addresses: ['127.0.0.1'],
        resources: [{ names: ['client'], compress: false }],
      },
    ],
    database: { name: 'sqlite3', args: { database: join(dir, 'homeserver.db') } },
    log_config: join(dir, 'log.yaml'),
    media_store_path: join(dir, 'media'),
    max_upload_size: settings.maxUploadBytes,
    signing_key_path: join(dir, 'signing.key'),
    registration_shared_secret: REGISTRATION_SECRET,
    macaroon_secret_key: 'macaroon-secret-of-a-throw-away-server',
    form_secret: 'form-secret-of-a-throw-away-server',
    // Four rounds instead of twelve: nobody attacks these passwords, and every login would cost a quarter of a second.
    bcrypt_rounds: 4,
    report_stats: false,
    enable_metrics: false,
    url_preview_enabled: false,
    trusted_key_servers: [],
    federation_domain_whitelist: [],
    encryption_enabled_by_default_for_room_type: 'invite',
    default_room_version: settings.roomVersion,
    ...(settings.rateLimits === 'lifted' ? LIFTED : DEFAULT_BUT_ONE_ADDRESS),
  };
}

function logging(dir: string): object {
  return {
    version: 1,
    formatters: { plain: { format: '%(asctime)s %(name)s %(levelname)s %(request)s %(message)s' } },
    handlers: { file: { class: 'logging.FileHandler', formatter: 'plain', filename: join(dir, 'homeserver.log') } },
    root: { level: 'INFO', handlers: ['file'] },
    disable_existing_loggers: false,
  };
}
