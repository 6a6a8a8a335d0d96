import { type Migration } from '../engine/migrate.ts'

/**
 * The renewal of a source's secret: one that is current, at most one before it that works until `expires_at`, and
 * which of them a token was issued for. Only the current one of a client has its id, which stays the same.
 */
export const secret: Migration = {
  version: 10,
  name: 'secret',
  sql: () => [
    'alter table source_secret add column expires_at bigint',
    'alter table source_secret add column used_at bigint',
    'create unique index source_secret_current on source_secret (source_id) where expires_at is null',
    'create unique index source_secret_previous on source_secret (source_id) where expires_at is not null',
    // No reference: a token whose secret is gone opens nothing, and is cleared away within the hour.
    'alter table access_token add column secret_id text',
    `update access_token set secret_id =
       (select id from source_secret where source_secret.source_id = access_token.source_id)`,
  ],
}
