import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../../test/databases.ts'
import { aStore, debt, openStore, putDebt } from '../../../test/store-builders.ts'
import { TRANSITIONS, type Status } from '../../domain/delivery.ts'
import { endOf, ENDS } from '../../domain/end.ts'
import { EXPLANATIONS } from '../../domain/reason.ts'
import { type Database } from '../engine/database.ts'
import { owe } from './deliveries.ts'
import { countDeliveries, listDeliveries } from './delivery-list.ts'

const isStatus = (text: string): text is Status => Object.hasOwn(TRANSITIONS, text)
const REASONS = [undefined, ...Object.keys(EXPLANATIONS)]

const CASES = Object.keys(TRANSITIONS)
  .filter(isStatus)
  .flatMap(status => REASONS.map(reason => ({ status, reason, person: `${status} ${reason ?? 'for no reason'}` })))

describe.each(databases)('how a debt ended well on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
    await aStore(db)
    await owe(
      db,
      CASES.map(({ person }) => debt({ person })),
    )
    for (const { status, reason, person } of CASES) await putDebt(db, status, { person, reason: reason ?? '' })
  })
  afterAll(() => db.close())

  const list = (filter: { readonly end?: (typeof ENDS)[number]; readonly status?: Status }) =>
    listDeliveries(db, { before: '', limit: 1_000, ...filter })

  test.each(ENDS)('R17, R18: the debts that end as %s are those of the rule, and are counted', async end => {
    const own = CASES.filter(each => endOf(each) === end).map(({ person }) => person)
    const listed = await list({ end })
    expect(listed.map(({ person }) => person).toSorted()).toEqual(own.toSorted())
    expect(new Set(listed.map(each => each.end))).toEqual(new Set([end]))
    expect((await countDeliveries(db, {})).byEnd[end]).toBe(own.length)
  })

  test('every other debt is listed without an end', async () => {
    const shown = (await list({})).map(each => [each.person, each.end])
    expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(CASES.map(each => [each.person, endOf(each)])))
  })

  test('an end and a status join, so that what took no write is found apart', async () => {
    const found = await list({ end: 'in_step', status: 'skipped' })
    expect(found.map(({ person }) => person).toSorted()).toEqual(['skipped nothing_mapped', 'skipped unchanged'])
  })
})
