import type Database from 'better-sqlite3';
import type { Clock } from '../clock.ts';
import type { Control } from '../control.ts';
import { AlertStore } from './alert-store.ts';
import { ApiKeyStore } from './api-key-store.ts';
import { AuditStore } from './audit-store.ts';
import { DailyStore } from './daily-store.ts';
import { FactsStore } from './facts-store.ts';
import { GenerationStore } from './generation-store.ts';
import { HeartbeatStore } from './heartbeat-store.ts';
import { IdentityStore } from './identity-store.ts';
import { JobRequestStore } from './job-request-store.ts';
import { JobStore } from './job-store.ts';
import { PeopleStore } from './people-store.ts';
import type { TenantKeyStore } from './tenant-key-store.ts';

/** Everything behind an opened control.db. Made by `openState`. */
export function controlStore(
  db: Database.Database,
  tenants: TenantKeyStore,
  how: { clock: Clock; wasErased: (person: string) => boolean },
): Control {
  const people = new PeopleStore(db, tenants, how);
  const audit = new AuditStore(db);
  return {
    people,
    apiKeys: new ApiKeyStore(db, { people, audit, clock: how.clock }),
    alerts: new AlertStore(db, how.clock),
    jobs: new JobStore(db),
    requests: new JobRequestStore(db),
    heartbeats: new HeartbeatStore(db),
    audit,
    facts: new FactsStore(db),
    identities: new IdentityStore(db),
    backups: new GenerationStore(db),
    daily: new DailyStore(db),
  };
}
