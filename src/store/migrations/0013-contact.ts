import { type Migration } from '../engine/migrate.ts'
import { type Sql } from '../engine/database.ts'

type Dialect = Sql['dialect']

/**
 * R16d, R21: what is known belongs to the contact, not to the debt. Per contact and merge tag: the value that was
 * written last, by which debt, and the newest fact that the request took into account. `doubted_at`: nothing that was
 * written for an earlier revision of the debt is believed.
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

// Of several debts that wrote to one contact the last one counts. What was certain then is believed now.
const entry = (dialect: Dialect) => {
  const [object, entries] =
    dialect === 'postgres' ? ['json_build_object', 'json_each(d.fields::json)'] : ['json_object', 'json_each(d.fields)']
  const all = dialect === 'postgres' ? 'json_object_agg' : 'json_group_object'
  const key = dialect === 'postgres' ? `position(':' in f.key) > 0` : `instr(f.key, ':') > 0`
  return `(select ${all}(case when ${key} then f.key else 'merge:' || f.key end,
      ${object}('value', f.value, 'fact', coalesce(d.last_fact, ''), 'integrationId', d.integration_id,
                'person', d.person, 'revision', v.revision)) from ${entries} f)`
}

/** What PostgreSQL takes no JSON apart for, such as a NUL or half a surrogate pair in a name, as another character. */
const LEGIBLE = String.raw`regexp_replace(i.settings, '\\u(0000|d[89a-f]..)', '\\ufffd', 'g')::json`

const setting = (dialect: Dialect, name: string): string =>
  dialect === 'postgres' ? `${LEGIBLE} ->> '${name}'` : `i.settings ->> '${name}'`

const contactsFrom = (dialect: Dialect): string => `
  insert into contact (data_centre, audience_id, alias, wrote_at, entries)
  select ${setting(dialect, 'dataCentre')}, ${setting(dialect, 'audienceId')}, d.contact,
         case when d.fields <> '{}' then d.at end,
         case when d.certain = 1 then coalesce(cast(${entry(dialect)} as text), '{}') else '{}' end
    from delivered d join integration i on i.id = d.integration_id
    join delivery v on v.integration_id = d.integration_id and v.person = d.person
   where true order by d.at
  on conflict (data_centre, audience_id, alias) do update
     set wrote_at = coalesce(excluded.wrote_at, contact.wrote_at), entries = excluded.entries`
