import { type Migration } from '../engine/migrate.ts'

/**
 * R5d: which Didomi users are shared. R5c: for how many days a fact without a person is kept, and those facts, the
 * oldest first. R16e: since when a contact goes by another address, and whether an operator accepted that; `move_id` is
 * for addresses of the API.
 */
export const whose: Migration = {
  version: 23,
  name: 'whose',
  sql: dialect => [
    'alter table retention add column anonymous integer',
    'update retention set anonymous = 90',
    `create index fact_anonymous on fact (id) where person is null and kind <> 'deleted'`,
    'create index link_shared on link (source_id, user_id) where shared = 1',
    'alter table contact add column move_id text',
    'alter table contact add column moved_at bigint',
    'alter table contact add column move_accepted integer not null default 0',
    `update contact set moved_at = coalesce(wrote_at, 0), move_id = ${MOVE_ID[dialect]} where moved_to is not null`,
    'create unique index contact_moved on contact (move_id) where move_id is not null',
  ],
}

const MOVE_ID = {
  sqlite: `'rnm_' || printf('%012x', coalesce(wrote_at, 0)) || lower(hex(randomblob(8)))`,
  postgres: `'rnm_' || lpad(to_hex(coalesce(wrote_at, 0)), 12, '0')
    || substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)`,
} as const
