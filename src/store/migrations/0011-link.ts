import { MOST_IDS } from '../../domain/whose.ts'
import { type Migration } from '../engine/migrate.ts'

/**
 * R5: which Didomi users wrote which persons, and which facts name no person themselves. The persons of those that were
 * dropped as anonymous are found after the migrations, by the rule of the domain (`upgrade`).
 */
export const link: Migration = {
  version: 11,
  name: 'link',
  sql: dialect => [
    `create table link (
       source_id text not null references source (id), user_id text not null, person text not null,
       shared integer not null default 0, primary key (source_id, user_id, person))`,
    'create index link_person on link (source_id, person)',
    'create index fact_user on fact (source_id, user_id)',
    'alter table fact add column adopted integer not null default 0',
    'alter table fact add column cause_id text',
    `update fact set cause_id = ${CAUSE[dialect]} where family = 'user' and content like '%"cause":{%'`,
    'create index fact_cause on fact (source_id, cause_id) where cause_id is not null',
    'create index fact_unnamed on fact (source_id, user_id) where person is null or adopted = 1',
    // Whose an event was that went has always been found by its id.
    `update fact set adopted = 1 where kind = 'deleted' and family = 'event' and person is not null`,
    `update fact set user_id = coalesce((select max(f.user_id) from fact f
         where f.source_id = fact.source_id and f.entity_id = fact.entity_id and f.kind <> 'deleted'), '')
      where kind = 'deleted' and family = 'event' and user_id = ''`,
    `insert into link (source_id, user_id, person)
     select distinct source_id, user_id, person from fact
      where person is not null and adopted = 0 and user_id <> ''`,
    `update link set shared = 1 where (source_id, user_id) in
       (select source_id, user_id from link group by source_id, user_id having count(*) > ${MOST_IDS})`,
  ],
}

// PostgreSQL takes no JSON apart in which a NUL or half a surrogate pair stands. No id has either in it.
/** The event that a user’s record names as the cause of its change. */
const CAUSE = {
  sqlite: `content ->> '$.cause.id'`,
  postgres: String.raw`regexp_replace(content, '\\u(0000|d[89a-f]..)', '\\ufffd', 'g')::json #>> '{cause,id}'`,
} as const
