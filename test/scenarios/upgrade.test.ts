import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { subscriberHash } from '../../src/mailchimp/address.ts'
import { openSqlite } from '../../src/store/engine/sqlite.ts'
import { freshPostgres } from '../databases.ts'
import { releasedStore } from '../released-store.ts'
import { AUDIENCE, startWorld, type World } from '../world.ts'

/** Two hours after the fixture's store was left. */
const LATER = Date.UTC(2026, 10, 23, 12)

/** What Mailchimp holds of these people, as the first release wrote it. */
const HELD = {
  true: [
    'ada',
    'bob',
    'carl',
    'dora',
    'finn',
    'kate',
    'lena',
    'otto',
    'pia',
    'tab1',
    'tab2',
    'tab3',
    'tab4',
    'tab5',
    'tab6',
  ],
  false: ['zoe', 'mona'],
  '': ['eve', 'quin', 'rosa'],
} as const

const addressOf = (who: string): string => (who.includes('@') ? who : `${who}@example.test`)

type Upgraded = { readonly world: World; close(): Promise<void> }

async function upgraded({ on = 'sqlite', accepted = false } = {}): Promise<Upgraded> {
  const store = await releasedStore()
  const postgres = on === 'postgres' ? await freshPostgres() : undefined
  if (postgres) await store.fill(postgres.db)
  const world = await startWorld({
    now: LATER,
    ...(postgres ? { databaseUrl: postgres.url } : {}),
    acceptUpgrade: accepted,
    prepare: async folder => {
      await writeFile(join(folder, 'key'), store.keyFile, { mode: 0o600 })
      if (postgres) return
      const db = await openSqlite({ file: join(folder, 'consent-relay.db') })
      await store.fill(db)
      await db.close()
    },
    atMailchimp: control => {
      for (const tag of ['PLAN', 'GONE'])
        control.addMergeField(AUDIENCE, { tag, type: tag === 'GONE' ? 'number' : 'text' })
      for (const [value, people] of Object.entries(HELD))
        for (const who of people) addContact(control, who, value === '' ? {} : { NEWS: value })
      addContact(control, 'gina@bücher.test', { NEWS: 'false' })
      addContact(control, 'nora', { PLAN: 'silver', NEWS: 'true' })
      addContact(control, 'dana', { PLAN: 'gold', NEWS: 'true' })
    },
  })
  await world.app.upgrading.idle()
  await world.settles()
  return {
    world,
    close: async () => {
      await world[Symbol.asyncDispose]()
      await postgres?.db.close()
    },
  }
}

const addContact = (control: World['mailchimp'], who: string, fields: Record<string, string>): void =>
  void control.addContact(AUDIENCE, { email_address: addressOf(who), status: 'subscribed', merge_fields: fields })

const hashes = new Map(
  [...Object.values(HELD).flat(), 'gina@bücher.test', 'nora', 'dana', 'ivan'].map(who => [
    subscriberHash(addressOf(who)),
    who,
  ]),
)

/** Who was written to, and what. */
const written = (world: World): unknown[] =>
  world.writes().map(({ path, body }) => [hashes.get(/[0-9a-f]{32}/.exec(path)?.[0] ?? '') ?? path, fieldsIn(body)])

const fieldsIn = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && 'merge_fields' in body ? body.merge_fields : body

const DENIED = ['bob', 'carl', 'kate', 'lena', 'pia']

describe.each(['sqlite', 'postgres'])('a store of the first release, served by this one on %s', on => {
  test('denies at once whom the present rules deny, asks nothing of people in step, and grants nothing', async () => {
    const { world, close } = await upgraded({ on })
    try {
      // Two spellings of one address were two contacts, of which nothing is relied on.
      const expected = [...DENIED, 'gina@bücher.test'].map(who => [who, { NEWS: 'false' }])
      expect(written(world)).toHaveLength(expected.length)
      expect(new Set(written(world))).toEqual(new Set(expected))
      expect((await world.api('GET', '/v1/upgrade')).body).toEqual({ step: 'done', accepted: false, held: 2 })
    } finally {
      await close()
    }
  })

  // Two persons name nora's contact, so no attribute of theirs is written to it (R16b).
  test('grants what the present rules grant once that is accepted', async () => {
    const { world, close } = await upgraded({ on })
    try {
      const before = written(world).length
      expect((await world.api('POST', '/v1/upgrade/accept')).body).toMatchObject({ accepted: true })
      await world.app.upgrading.idle()
      await world.settles()
      expect(new Set(written(world).slice(before))).toEqual(
        new Set([
          ['mona', { NEWS: 'true' }],
          ['eve', { NEWS: 'true' }],
        ]),
      )
      expect((await world.api('GET', '/v1/upgrade')).body).toMatchObject({ accepted: true, held: 0 })
    } finally {
      await close()
    }
  })
})

test('a start with --accept-upgrade grants at once, and leaves everybody as the present rules want them', async () => {
  const { world, close } = await upgraded({ accepted: true })
  try {
    const news = (who: string): unknown => world.mailchimp.contact(AUDIENCE, addressOf(who))?.merge_fields
    for (const who of DENIED) expect([who, news(who)]).toEqual([who, expect.objectContaining({ NEWS: 'false' })])
    for (const who of ['ada', 'mona', 'eve', 'finn']) expect(news(who)).toMatchObject({ NEWS: 'true' })
    expect((await world.api('GET', '/v1/upgrade')).body).toMatchObject({ held: 0 })
  } finally {
    await close()
  }
})
