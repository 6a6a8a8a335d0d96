import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readyOf } from '../../../test/attempt-builders.ts'
import { settingsOf } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { heldAfter, type Record, type Saying } from '../../../test/shared-contact-world.ts'
import { aStore, openStore } from '../../../test/store-builders.ts'
import { type Database } from '../../store/engine/database.ts'

const HOME = 'home@mail.test'
const WORK = 'work@mail.test'
const PERSONS = ['ada', 'ben', 'cyd']
const TAG = 'merge:NEWSLETTER'

const saying: fc.Arbitrary<Saying> = fc.record({
  email: fc.constantFrom(HOME, HOME, WORK, undefined),
  newsletter: fc.constantFrom(true, true, false, undefined),
})

/** Up to three versions of each person's record, all at different minutes. */
const histories: fc.Arbitrary<Record[]> = fc
  .tuple(
    fc.array(fc.array(saying, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 3 }),
    fc.shuffledSubarray(
      Array.from({ length: 9 }, (_, n) => n + 1),
      { minLength: 9 },
    ),
  )
  .map(([people, minutes]) =>
    people.flatMap((versions, who) => {
      const own = minutes.slice(who * 3, who * 3 + versions.length).toSorted((a, b) => a - b)
      return versions.map((each, n) => ({ ...each, person: PERSONS[who] ?? '', version: n + 1, minute: own[n] ?? 0 }))
    }),
  )

const arrival = (records: readonly Record[]) =>
  fc.record({
    records: fc.shuffledSubarray([...records], { minLength: records.length }),
    pauses: fc.array(fc.boolean(), { minLength: records.length, maxLength: records.length }),
    failures: fc.array(fc.boolean(), { maxLength: 12 }),
  })

const twoArrivals = histories.chain(records => fc.tuple(fc.constant(records), arrival(records), arrival(records)))

/** Who names an address by their newest record, and grants the newsletter there. */
const grantsAt = (records: readonly Record[], address: string): boolean =>
  PERSONS.some(person => {
    const newest = records.filter(each => each.person === person).toSorted((a, b) => b.version - a.version)
    const [last] = newest
    const choice = newest.find(({ newsletter }) => newsletter !== undefined)?.newsletter
    return last?.email === address && choice === true
  })

describe.each(databases)('R16b, R16f on $name', ({ name, open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  afterAll(() => db.close())

  const ready = readyOf({ feed: 'user', settings: settingsOf({ options: { match: 'metadata_email' } }) })

  test('what a contact holds in the end depends on the facts, not on their order of arrival, nor on what was delivered in between', async () => {
    await fc.assert(
      fc.asyncProperty(twoArrivals, async ([records, ...arrivals]) => {
        const ends: unknown[] = []
        for (const { failures, ...each } of arrivals) {
          await aStore(db)
          const left = [...failures]
          const held = await heldAfter({ db, ready, ...each, fails: () => left.shift() === true })
          // What was never written and what was taken back are alike.
          ends.push([HOME, WORK].map(address => held.get(address)?.[TAG] === 'true'))
          for (const address of [HOME, WORK])
            if (held.get(address)?.[TAG] === 'true') expect(grantsAt(records, address)).toBe(true)
        }
        expect(ends[0]).toEqual(ends[1])
      }),
      { numRuns: name === 'sqlite' ? 60 : 10 },
    )
  })
})
