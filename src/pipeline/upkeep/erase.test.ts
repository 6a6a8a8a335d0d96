import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { ADA, addPeople, aStore, BOB, debt, INTEGRATION, openStore } from '../../../test/store-builders.ts'
import { owe, PRIORITY } from '../../store/debts/deliveries.ts'
import { endToOwe, oweEveryone } from '../../store/settings/to-owe.ts'
import { type Database } from '../../store/engine/database.ts'
import { erasePerson } from './erase.ts'

describe.each(databases)('erasing a person on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(async () => {
    await aStore(db)
    await addPeople(db, [ADA, BOB])
  })
  afterAll(() => db.close())

  let ids = 0
  /** `before` happens after the first look, when the transaction is about to begin. */
  const erases = (before: () => Promise<unknown> = () => Promise.resolve()) => {
    const late: Database = {
      ...db,
      transaction: async (work, use) => {
        await before()
        return db.transaction(work, use)
      },
    }
    const newId = (prefix: string) => `${prefix}_${ids++}`
    return erasePerson({ db: late, clock: () => MORNING, newId }, { person: ADA, actor: 'owner' })
  }
  const people = async () =>
    (await db.query<{ person: string }>('select person from fact order by person')).map(({ person }) => person)

  test('I17: what withdraws between the two looks is not erased with its person', async () => {
    const withdraws = () => owe(db, [debt({ priority: PRIORITY.withdrawal })])
    const said = await erases(withdraws).then(() => 'erased', String)
    expect(said).toContain('what it is owed of this person goes there first')
    expect(await people()).toEqual([ADA, BOB])
  })

  test('nobody goes while everyone is being owed, and somebody does after that', async () => {
    await expect(erases(() => oweEveryone(db, { integrationId: INTEGRATION, at: MORNING }))).rejects.toThrow(
      'everyone is being made due just now',
    )
    await endToOwe(db, INTEGRATION)
    expect(await erases()).toMatchObject({ facts: 1 })
    expect(await people()).toEqual([BOB])
  })
})
