import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { ADA, addIntegration, aStore, BOB, INTEGRATION, openStore } from '../../../test/store-builders.ts'
import { type Database } from '../engine/database.ts'
import { debtKey } from './debt-key.ts'
import { lastDelivered, rememberDelivered, type Delivered } from './delivered.ts'

describe.each(databases)('what was delivered last, on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => aStore(db))
  afterAll(() => db.close())

  const of = (over: Partial<Delivered> = {}): Delivered => ({
    integrationId: INTEGRATION,
    person: ADA,
    contact: 'c0ffee',
    fields: { 'merge:NEWS': 'true' },
    certain: true,
    decidedOn: MORNING,
    at: MORNING,
    ...over,
  })
  const last = async (person = ADA, integrationId = INTEGRATION) =>
    (await lastDelivered(db, [{ integrationId, person }])).get(debtKey({ integrationId, person }))

  test('is remembered per person and integration', async () => {
    await addIntegration(db, { id: 'int_b' })
    const fields = { 'merge:NEWS': 'false' }
    await rememberDelivered(db, [of(), of({ person: BOB, fields }), of({ integrationId: 'int_b', contact: 'other' })])
    expect(await last()).toEqual({ contact: 'c0ffee', fields: { 'merge:NEWS': 'true' }, certain: true })
    expect(await last(BOB)).toEqual({ contact: 'c0ffee', fields, certain: true })
    expect(await last(ADA, 'int_b')).toEqual({ contact: 'other', fields: { 'merge:NEWS': 'true' }, certain: true })
    expect(await last(BOB, 'int_b')).toBeUndefined()
  })

  test('is replaced as a whole by what came after', async () => {
    await rememberDelivered(db, [of({ fields: { 'merge:NEWS': 'true', 'merge:OLD': 'x' } })])
    await rememberDelivered(db, [of({ contact: 'new', fields: { 'merge:NEWS': 'false' }, certain: false })])
    expect(await last()).toEqual({ contact: 'new', fields: { 'merge:NEWS': 'false' }, certain: false })
    await rememberDelivered(db, [of()])
    expect(await last()).toMatchObject({ certain: true })
  })

  test('written before targets had kinds, it is read as merge fields', async () => {
    await rememberDelivered(db, [of()])
    await db.query(`update delivered set fields = '{"NEWS":"true","LEVEL":7}'`)
    expect((await last())?.fields).toEqual({ 'merge:NEWS': 'true', 'merge:LEVEL': 7 })
  })

  test('I5: an answer to what was decided by another document is not relied on', async () => {
    await rememberDelivered(db, [of({ decidedOn: MORNING - 1 })])
    expect(await last()).toMatchObject({ certain: false })
    await rememberDelivered(db, [of()])
    expect(await last()).toMatchObject({ certain: true })
  })

  test('values come back as they were sent, whatever they are', async () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('a\0b', '\ud800', '😀', ''),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter(n => !Object.is(n, -0)),
    )
    const fields = fc.dictionary(fc.stringMatching(/^merge:[A-Z0-9_]{1,10}$/), value, { noNullPrototype: true })
    await fc.assert(
      fc.asyncProperty(fields, async given => {
        await rememberDelivered(db, [of({ fields: given })])
        expect(await last()).toEqual({ contact: 'c0ffee', fields: given, certain: true })
      }),
      { numRuns: 40 },
    )
  })

  test('is asked for many at once, and nothing for nobody', async () => {
    await rememberDelivered(db, [of(), of({ person: BOB })])
    const keys = [ADA, BOB, 'nobody'].map(person => ({ integrationId: INTEGRATION, person }))
    expect([...(await lastDelivered(db, keys)).keys()].sort()).toEqual(keys.slice(0, 2).map(debtKey).sort())
    expect(await lastDelivered(db, [])).toEqual(new Map())
    await rememberDelivered(db, [])
  })
})
