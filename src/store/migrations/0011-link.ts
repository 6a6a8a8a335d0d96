import { MOST_IDS } from '../../domain/whose.ts'
import { type Migration } from '../engine/migrate.ts'

/**
 * R5: which Didomi users wrote which persons, and which facts name nobody themselves. Records that were dropped as
 * anonymous are about whom their Didomi user wrote, if it is not shared.
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
    `update fact set cause_id = ${CAUSE[dialect]} where family = 'user'`,
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
    ...adoption,
  ],
}

/** The event that a user’s record names as the cause of its change. */
const CAUSE = {
  sqlite: `content ->> '$.cause.id'`,
  postgres: `content::json #>> '{cause,id}'`,
} as const

const ADOPTABLE = `person is null and kind <> 'deleted' and user_id <> ''
        and exists (select 1 from link l where l.source_id = fact.source_id and l.user_id = fact.user_id and l.shared = 0)`

const adoption = [
  `insert into tally (source_id, kind, family, n)
   select source_id, 'stated', family, count(*) from fact where ${ADOPTABLE} group by source_id, family
   on conflict (source_id, kind, family) do update set n = tally.n + excluded.n`,
  `update tally set n = n - (select count(*) from fact where fact.source_id = tally.source_id and ${ADOPTABLE})
    where kind = 'anonymous' and family = ''`,
  `update fact set adopted = 1, person = (select f.person from fact f
       where f.source_id = fact.source_id and f.user_id = fact.user_id and f.person is not null and f.adopted = 0
       order by f.family desc, f.at, f.entity_id limit 1)
    where ${ADOPTABLE}`,
]
