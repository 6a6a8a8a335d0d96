import { describe, expect, test } from 'vitest'
import { databases } from '../../../test/databases.ts'
import { dumpSchema } from './dump-schema.ts'

const STATEMENTS = [
  `create table parent (
     id text primary key,
     kind text not null check (kind in ('a', 'b')) )`,
  `create table child (id text not null, parent text not null references parent (id) on delete cascade,
     size bigint not null default 0, unique (parent, size), primary key (id, parent))`,
  'create index child_size on child (size desc) where size > 0',
  'alter table parent add column note text',
]

const EXPECTED = {
  sqlite: `\
CREATE TABLE child (id text not null, parent text not null references parent (id) on delete cascade,
  size bigint not null default 0, unique (parent, size), primary key (id, parent));
CREATE INDEX child_size on child (size desc) where size > 0;
CREATE TABLE parent (
  id text primary key,
  kind text not null check (kind in ('a', 'b')) , note text);
`,
  postgres: `\
create table child (
  id text not null,
  parent text not null,
  size bigint default 0 not null,
  constraint child_parent_fkey FOREIGN KEY (parent) REFERENCES parent(id) ON DELETE CASCADE,
  constraint child_parent_size_key UNIQUE (parent, size),
  constraint child_pkey PRIMARY KEY (id, parent)
);
CREATE INDEX child_size ON public.child USING btree (size DESC) WHERE (size > 0);
create table parent (
  id text not null,
  kind text not null,
  note text,
  constraint parent_kind_check CHECK ((kind = ANY (ARRAY['a'::text, 'b'::text]))),
  constraint parent_pkey PRIMARY KEY (id)
);
`,
}

describe.each(databases)('the schema of $name', ({ name, open }) => {
  test('is the same text whatever the data', async () => {
    const db = await open()
    expect(await dumpSchema(db)).toBe('')
    for (const statement of STATEMENTS) await db.query(statement)
    expect(await dumpSchema(db)).toBe(EXPECTED[name])
    await db.query(`insert into parent (id, kind) values ('p', 'a')`)
    expect(await dumpSchema(db)).toBe(EXPECTED[name])
    await db.close()
  })
})
