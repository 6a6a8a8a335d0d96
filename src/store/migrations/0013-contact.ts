import { type Migration } from '../engine/migrate.ts'
import { type Sql } from '../engine/database.ts'

type Dialect = Sql['dialect']

/**
 * R16d, R21: what is known belongs to the contact, not to the debt. Per contact and merge tag: the value that was
 * written last, by which debt, and the newest fact that the request took into account. `doubted_at`: nothing that was
 * written for an earlier revision of the debt is believed. A field that two integrations wrote to is not relied on.
 */
export const contact: Migration = {
  version: 13,
  name: 'contact',
  sql: dialect => [
    `create table contact (
       data_centre text not null, audience_id text not null, alias text not null,
       permanent_id text, wrote_at bigint, gone_after text, moved_to text, entries text not null,
       primary key (data_centre, audience_id, alias))`,
    `create index contact_by_id on contact (data_centre, audience_id, permanent_id) where permanent_id is not null`,
    'alter table delivery add column doubted_at bigint not null default 0',
    'alter table delivery add column contact text',
    'create index delivery_contact on delivery (contact) where contact is not null',
    `update delivery set contact = (select d.contact from delivered d
        where d.integration_id = delivery.integration_id and d.person = delivery.person)`,
    contactsFrom(dialect),
    'drop table delivered',
  ],
}

/** What PostgreSQL takes no JSON apart for, such as a NUL or half a surrogate pair in a name, as another character. */
const LEGIBLE = String.raw`regexp_replace(i.settings, '\\u(0000|d[89a-f]..)', '\\ufffd', 'g')::json`

const setting = (dialect: Dialect, name: string): string =>
  dialect === 'postgres' ? `${LEGIBLE} ->> '${name}'` : `i.settings ->> '${name}'`

/** The values that can be relied on. One that PostgreSQL cannot take apart is written once more. */
const fields = (dialect: Dialect): string => {
  const isLegible =
    dialect === 'postgres' ? String.raw`fields !~ '\\u(0000|d[89a-f]..)'` : String.raw`instr(fields, '\u') = 0`
  const relied = `case when certain = 1 and ${isLegible} then fields else '{}' end`
  return dialect === 'postgres' ? `json_each((${relied})::json)` : `json_each(${relied})`
}

/** What was written, and with what it was taken into account. A debt that has ended had taken in all that was known. */
const known = (dialect: Dialect): string => `
  select ${setting(dialect, 'dataCentre')} as data_centre, ${setting(dialect, 'audienceId')} as audience_id,
         d.contact as alias, d.at, d.fields, d.certain, d.integration_id, d.person, v.revision,
         coalesce(case when v.status in ('delivered', 'skipped') then (select max(id) from fact) else d.last_fact end,
                  '') as fact
    from delivered d join integration i on i.id = d.integration_id
    join delivery v on v.integration_id = d.integration_id and v.person = d.person`

// Of several debts of one integration that wrote one field of a contact, the last one counts.
const written = (dialect: Dialect): string => `
  select k.data_centre, k.audience_id, k.alias, k.integration_id, k.person, k.revision, k.fact, f.value,
         case when ${dialect === 'postgres' ? `position(':' in f.key)` : `instr(f.key, ':')`} > 0
              then f.key else 'merge:' || f.key end as target,
         row_number() over (partition by k.data_centre, k.audience_id, k.alias, f.key
                            order by k.at desc, k.integration_id desc, k.person desc) as turn,
         min(k.integration_id) over field as one_writer, max(k.integration_id) over field as other_writer
    from known k, ${fields(dialect)} f
  window field as (partition by k.data_centre, k.audience_id, k.alias, f.key)`

const ENTRY = `'value', value, 'fact', fact, 'integrationId', integration_id, 'person', person, 'revision', revision`

const ENTRIES = {
  sqlite: `json_group_object(target, json_object(${ENTRY}))`,
  postgres: `cast(json_object_agg(target, json_build_object(${ENTRY})) as text)`,
}

const contactsFrom = (dialect: Dialect): string => `
  insert into contact (data_centre, audience_id, alias, wrote_at, entries)
  with known as (${known(dialect)}), written as (${written(dialect)}),
       last as (select data_centre, audience_id, alias, ${ENTRIES[dialect]} as entries
                  from written where turn = 1 and one_writer = other_writer
                 group by data_centre, audience_id, alias),
       met as (select data_centre, audience_id, alias, max(case when fields <> '{}' then at end) as wrote_at
                 from known group by data_centre, audience_id, alias)
  select met.data_centre, met.audience_id, met.alias, met.wrote_at, coalesce(last.entries, '{}')
    from met left join last on last.data_centre = met.data_centre and last.audience_id = met.audience_id
         and last.alias = met.alias`
