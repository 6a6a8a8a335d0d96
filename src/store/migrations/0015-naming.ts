import { type Migration } from '../engine/migrate.ts'

/**
 * R16b, R16f: which persons name a contact, or named it, where several may (any `match` but an address or a permanent
 * id). It is found out whenever a debt is decided, so it fills as the upgrade (0014) owes everybody.
 */
export const naming: Migration = {
  version: 15,
  name: 'naming',
  sql: () => [
    `create table naming (
       integration_id text not null, person text not null, alias text not null, left_at bigint,
       primary key (integration_id, person, alias))`,
    'create index naming_alias on naming (integration_id, alias)',
  ],
}
