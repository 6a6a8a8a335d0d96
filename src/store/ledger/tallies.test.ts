import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { databases } from '../../../test/databases.ts'
import { addSource, emptyStore, openStore, SOURCE } from '../../../test/store-builders.ts'
import { type Database } from '../engine/database.ts'
import { setFeed } from '../settings/sources.ts'
import { accountFor, addTallies, type Accounting, type Tally } from './tallies.ts'

const NOTHING: Accounting = {
  received: 0,
  folded: 0,
  evidence: 0,
  ignored: 0,
  anonymous: 0,
  duplicate: 0,
  quarantined: 0,
  erased: 0,
  expired: 0,
}

const KINDS = ['stated', 'deletion', 'ignored', 'anonymous', 'duplicate', 'quarantined', 'erased', 'expired'] as const

const sumOfTheRest = ({ received: _, ...rest }: Accounting): number => Object.values(rest).reduce((a, b) => a + b, 0)

describe.each(databases)('tallies on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(async () => {
    await emptyStore(db)
    await addSource(db, { feed: 'event' })
    await addSource(db, { id: 'src_b', feed: 'user' })
  })
  afterAll(() => db.close())

  const tally = (over: Partial<Tally> = {}): Tally => ({
    sourceId: SOURCE,
    kind: 'ignored',
    family: '',
    n: 1,
    ...over,
  })

  test('nothing received is nothing of everything', async () => {
    expect(await accountFor(db)).toEqual(NOTHING)
    expect(await accountFor(db, 'src_unknown')).toEqual(NOTHING)
  })

  test('counts add up over transactions and sources', async () => {
    await addTallies(db, [tally({ n: 3 }), tally({ sourceId: 'src_b', n: 10 })])
    await addTallies(db, [tally({ n: 4 }), tally({ kind: 'duplicate', n: 2 })])
    expect(await accountFor(db, SOURCE)).toEqual({ ...NOTHING, received: 9, ignored: 7, duplicate: 2 })
    expect(await accountFor(db)).toEqual({ ...NOTHING, received: 19, ignored: 17, duplicate: 2 })
    await addTallies(db, [tally({ n: 5 }), tally({ kind: 'duplicate' }), tally({ n: -2 })])
    expect(await accountFor(db, SOURCE)).toEqual({ ...NOTHING, received: 13, ignored: 10, duplicate: 3 })
  })

  test('R7: facts of the family that the source folds are folded, the others are evidence', async () => {
    const both = (['user', 'event'] as const).map(family => tally({ kind: 'stated', family, n: 5 }))
    await addTallies(db, both)
    await addTallies(db, [tally({ kind: 'stated', family: 'event', n: 1 })])
    expect(await accountFor(db, SOURCE)).toEqual({ ...NOTHING, received: 11, folded: 6, evidence: 5 })
    await setFeed(db, { id: SOURCE, feed: 'user' })
    expect(await accountFor(db, SOURCE)).toEqual({ ...NOTHING, received: 11, folded: 5, evidence: 6 })
  })

  test('R6 R7: the deletion of a user counts for both families, that of an event only for its own', async () => {
    const deletions = (['user', 'event'] as const).map(family => tally({ kind: 'deletion', family }))
    await addTallies(db, [...deletions, ...deletions.map(each => ({ ...each, sourceId: 'src_b' }))])
    expect(await accountFor(db, SOURCE)).toMatchObject({ folded: 2, evidence: 0 })
    expect(await accountFor(db, 'src_b')).toMatchObject({ folded: 1, evidence: 1 })
  })

  test('a source that folds nothing yet has evidence only', async () => {
    await addSource(db, { id: 'src_new', feed: undefined })
    await addTallies(db, [tally({ sourceId: 'src_new', kind: 'deletion', family: 'event' })])
    expect(await accountFor(db, 'src_new')).toEqual({ ...NOTHING, received: 1, evidence: 1 })
  })

  test('counts that are added at the same moment all count', async () => {
    await Promise.all(
      Array.from({ length: 20 }, () => db.transaction(tx => addTallies(tx, [tally(), tally({ kind: 'erased' })]))),
    )
    expect(await accountFor(db)).toEqual({ ...NOTHING, received: 40, ignored: 20, erased: 20 })
  })

  test('counts beyond 32 bits are exact', async () => {
    await addTallies(db, [tally({ n: 2 ** 52 })])
    await addTallies(db, [tally({ n: 5 })])
    expect(await accountFor(db)).toMatchObject({ received: 2 ** 52 + 5, ignored: 2 ** 52 + 5 })
  })

  test('I16: received is the sum of all the others, of each source and of all together', async () => {
    const someTally = fc.record({
      sourceId: fc.constantFrom(SOURCE, 'src_b'),
      kind: fc.constantFrom(...KINDS),
      family: fc.constantFrom('user' as const, 'event' as const, '' as const),
      n: fc.integer({ min: 1, max: 1_000_000 }),
    })
    const key = ({ sourceId, kind, family }: Tally) => `${sourceId} ${kind} ${family}`
    const group = fc.uniqueArray(someTally, { selector: key, maxLength: 10 })
    await fc.assert(
      fc.asyncProperty(fc.array(group, { maxLength: 4 }), async groups => {
        await db.query('delete from tally')
        for (const tallies of groups) await addTallies(db, tallies)
        const received = groups.flat().reduce((total, { n }) => total + n, 0)
        const all = await accountFor(db)
        expect(all.received).toBe(received)
        expect(sumOfTheRest(all)).toBe(received)
        const parts = [await accountFor(db, SOURCE), await accountFor(db, 'src_b')]
        for (const part of parts) expect(sumOfTheRest(part)).toBe(part.received)
        expect(parts.reduce((total, part) => total + part.received, 0)).toBe(received)
      }),
      { numRuns: 25 },
    )
  })
})
