import { type Migration } from '../engine/migrate.ts'

/**
 * R16c: which enabled integration fills which merge tag of an audience, and which ones wait for it. Where documents
 * clash already, the oldest integration fills the tag. `field_id`: Mailchimp's own id of the merge field, as it was seen
 * last.
 */
export const tagClaim: Migration = {
  version: 12,
  name: 'tag-claim',
  sql: dialect => [
    `create table tag_claim (
       integration_id text not null references integration (id) on delete cascade, tag text not null,
       data_centre text not null, audience_id text not null, fills integer not null check (fills in (0, 1)),
       field_id bigint,
       primary key (integration_id, tag))`,
    'create unique index tag_claim_filled on tag_claim (data_centre, audience_id, tag) where fills = 1',
    'create index tag_claim_waiting on tag_claim (data_centre, audience_id, tag) where fills = 0',
    `insert into tag_claim (integration_id, tag, data_centre, audience_id, fills)
     select id, tag, data_centre, audience_id,
            case when row_number() over
              (partition by data_centre, audience_id, tag order by created_at, id) = 1 then 1 else 0 end
       from (${MAPPED[dialect]}) mapped`,
  ],
}

/** What PostgreSQL takes no JSON apart for, such as a NUL or half a surrogate pair in a name, as another character. */
const LEGIBLE = String.raw`regexp_replace(i.settings, '\\u(0000|d[89a-f]..)', '\\ufffd', 'g')::json`

/** Every tag that an enabled integration maps. */
const MAPPED = {
  sqlite: `select distinct i.id, i.created_at, upper(r.value ->> 'id') as tag,
                  i.settings ->> 'dataCentre' as data_centre, i.settings ->> 'audienceId' as audience_id
             from integration i, json_each(i.settings, '$.mappings') r where i.enabled = 1`,
  postgres: `select distinct i.id, i.created_at, upper((r.value ->> 'id') collate "C") as tag,
                    i.json ->> 'dataCentre' as data_centre, i.json ->> 'audienceId' as audience_id
               from (select id, created_at, ${LEGIBLE} as json from integration i where enabled = 1) i,
                    json_array_elements(i.json -> 'mappings') r`,
}
