import { type Migration } from '../engine/migrate.ts'
import { type Sql } from '../engine/database.ts'

/**
 * R16b, R16f: which persons name a contact, or named it, where several may (any `match` but an address or a permanent
 * id). It is found out whenever a debt is decided, so everybody of such an integration is owed once.
 */
export const naming: Migration = {
  version: 15,
  name: 'naming',
  sql: dialect => [
    `create table naming (
       integration_id text not null, person text not null, alias text not null, left_at bigint,
       primary key (integration_id, person, alias))`,
    'create index naming_alias on naming (integration_id, alias)',
    `update delivery set status = 'waiting', priority = 2, due_at = ${now(dialect)}, owed_at = ${now(dialect)},
            revision = revision + 1, failed = 0, first_failed_at = null, reason = null, detail = null, settled_at = null
      where status in ('delivered', 'skipped', 'held')
        and integration_id in (select i.id from integration i where i.enabled = 1
          and (i.settings like '%"match":"metadata\\_%' escape '\\' or i.settings like '%"match":"subscriber\\_hash"%' escape '\\'))`,
  ],
}

const now = (dialect: Sql['dialect']): string =>
  dialect === 'postgres' ? '(extract(epoch from now()) * 1000)::bigint' : `(strftime('%s', 'now') * 1000)`
