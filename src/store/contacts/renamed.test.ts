import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minute, MORNING, recordOf } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { aContactKey, ADA, aStore, BOB, INTEGRATION, openStore, oweOne, putDebt } from '../../../test/store-builders.ts'
import { type Database } from '../engine/database.ts'
import { migrate } from '../engine/migrate.ts'
import { migrations } from '../migrations/all.ts'
import { contactKeyText, contactsOf, keepContacts } from './contacts.ts'
import { acceptMove, debtsOfRenamed, listRenamed } from './renamed.ts'

describe.each(databases)('R16e: contacts that were renamed, on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(async () => {
    await aStore(db)
    const { dataCentre, audienceId } = aContactKey()
    await db.query(
      `insert into tag_claim (integration_id, tag, data_centre, audience_id, fills) values ($1, 'NEWS', $2, $3, 1)`,
      [INTEGRATION, dataCentre, audienceId],
    )
  })
  afterAll(() => db.close())

  type Move = { readonly to: string | undefined; readonly at?: number; readonly person?: string; readonly id?: string }

  const moves = ({ to, at = minute(1), person = ADA, id = 'c1' }: Move) =>
    keepContacts(db, [
      {
        key: aContactKey(person),
        record: recordOf({}, { contactId: id, movedTo: to, movedAt: to === undefined ? undefined : at }),
      },
    ])
  const listed = (over: { before?: string; limit?: number } = {}) => listRenamed(db, { before: '', limit: 9, ...over })

  async function waits(person: string): Promise<void> {
    await oweOne(db, { person })
    await db.query(`update delivery set status = 'held', reason = 'contact_renamed', contact = $1 where person = $2`, [
      aContactKey(person).alias,
      person,
    ])
  }

  test('are listed, the newest first, with who waits; those that go by their name are not', async () => {
    await moves({ to: undefined })
    expect(await listed()).toEqual([])
    await moves({ to: 'b0b', at: minute(1) })
    await moves({ to: 'c0c', at: minute(2), person: BOB, id: 'c2' })
    await waits(ADA)
    const [newest, oldest] = await listed()
    expect([newest?.movedTo, oldest?.movedTo]).toEqual(['c0c', 'b0b'])
    expect(oldest).toMatchObject({ contactId: 'c1', movedAt: minute(1), isAccepted: false, person: ADA, waiting: 1 })
    expect(newest).toMatchObject({ person: undefined, waiting: 0 })
    expect(await listed({ limit: 1, before: newest?.id ?? '' })).toEqual([oldest])
    expect(await debtsOfRenamed(db, oldest?.id ?? '')).toEqual([{ integrationId: INTEGRATION, person: ADA }])
    await moves({ to: undefined })
    expect((await listed()).map(({ movedTo }) => movedTo)).toEqual(['c0c'])
  })

  test('keep their id for as long as they go by one address, which alone can be accepted', async () => {
    await moves({ to: 'b0b' })
    const id = (await listed())[0]?.id ?? ''
    await moves({ to: 'b0b' })
    expect((await listed())[0]?.id).toBe(id)
    expect(await acceptMove(db, { id, movedTo: 'another' })).toBe(false)
    expect(await acceptMove(db, { id, movedTo: 'b0b' })).toBe(true)
    const record = (await contactsOf(db, [aContactKey()])).get(contactKeyText(aContactKey()))
    expect(record).toMatchObject({ movedTo: 'b0b', isAccepted: true })
    await moves({ to: 'c0c', at: minute(5) })
    expect((await listed()).map(each => [each.id === id, each.isAccepted])).toEqual([[false, false]])
  })

  test('by whom nobody of another audience waits', async () => {
    await moves({ to: 'b0b' })
    await waits(ADA)
    await db.query(`update tag_claim set audience_id = 'another'`)
    expect(await listed()).toMatchObject([{ waiting: 0, person: undefined }])
  })
})

describe.each(databases)('R16e: debts of the version before, on $name', ({ open }) => {
  test('that are held and never sent anything are decided again; the others stay', async () => {
    const db = await open()
    try {
      await migrate(
        db,
        migrations.filter(({ version }) => version < 29),
      )
      await aStore(db)
      for (const [person, status, contact] of [
        ['unsent', 'held', null],
        ['unfit', 'held', null],
        ['sent', 'held', 'c0ffee'],
        ['dead', 'dead', null],
        ['absent', 'skipped', null],
      ] as const) {
        await oweOne(db, { person, at: minute(9) })
        await putDebt(db, status, { person, reason: person === 'unfit' ? 'value_unfit' : 'contact_renamed' })
        await db.query('update delivery set contact = $1 where person = $2', [contact, person])
      }

      await migrate(db, migrations)

      expect(await db.query('select person, status, revision, settled_at from delivery order by person')).toEqual([
        { person: 'absent', status: 'skipped', revision: 1, settled_at: MORNING },
        { person: 'dead', status: 'dead', revision: 1, settled_at: MORNING },
        { person: 'sent', status: 'held', revision: 1, settled_at: MORNING },
        { person: 'unfit', status: 'held', revision: 1, settled_at: MORNING },
        { person: 'unsent', status: 'waiting', revision: 2, settled_at: null },
      ])
      expect(
        await db.query(`select due_at from delivery where status = 'waiting' and due_at = ${MORNING}`),
      ).toHaveLength(1)
    } finally {
      await db.close()
    }
  })
})
