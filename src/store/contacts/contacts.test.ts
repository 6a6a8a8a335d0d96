import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { merging, recordOf } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { aContactKey, ADA, aStore, BOB, INTEGRATION, openStore, oweOne } from '../../../test/store-builders.ts'
import { NEW_CONTACT, type ContactRecord } from '../../domain/contact-record.ts'
import { type Database } from '../engine/database.ts'
import { contactKeyText, contactsOf, countWritten, keepContacts, lockContacts } from './contacts.ts'

describe.each(databases)('what is known of contacts, on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => aStore(db))
  afterAll(() => db.close())

  const key = aContactKey()
  const keep = (record: ContactRecord, of = key) => keepContacts(db, [{ key: of, record }])
  const known = async (of = key) => (await contactsOf(db, [of])).get(contactKeyText(of))

  test('is kept by data centre, audience and name', async () => {
    const record = recordOf(merging({ NEWS: 'true' }), { contactId: 'c1', goneAfter: 'fct_1', movedTo: 'b0b' })
    await keep(record)
    expect(await known()).toEqual(record)
    for (const other of [{ dataCentre: 'us7' }, { audienceId: 'another' }, { alias: 'another' }])
      expect(await known({ ...key, ...other })).toBeUndefined()
    await keep(NEW_CONTACT)
    expect(await known()).toEqual(NEW_CONTACT)
  })

  test('is asked for many at once, and nothing for nobody', async () => {
    await keep(NEW_CONTACT)
    await keep(NEW_CONTACT, aContactKey(BOB))
    const keys = [ADA, BOB, 'nobody@example.test'].map(person => aContactKey(person))
    expect([...(await lockContacts(db, keys)).keys()].sort()).toEqual(keys.slice(0, 2).map(contactKeyText).sort())
    expect(await contactsOf(db, [])).toEqual(new Map())
  })

  test('R16d: of another name of the same contact nothing that was written is believed any more', async () => {
    const old = aContactKey(BOB)
    await keep(recordOf(merging({ NEWS: 'true' }), { contactId: 'c1' }), old)
    await keep(recordOf(merging({ NEWS: 'false' }), { contactId: 'c1' }))
    expect(await known(old)).toMatchObject({ contactId: 'c1', entries: {} })
    expect((await known())?.entries).toHaveProperty(['merge:NEWS', 'value'], 'false')
    await keep(recordOf(merging({ NEWS: 'true' }), { contactId: 'c2' }), old)
    expect((await known())?.entries, 'another contact').not.toEqual({})
  })

  test.each([
    ['wrote to', { integrationId: 'int_a' }, 1],
    ['names, and another one wrote to', { integrationId: 'int_ab' }, 0],
    ['wrote to, and that is gone', { integrationId: 'int_a', goneAfter: 'fct_1' }, 0],
  ])('R16f: a contact that an integration %s counts as written by it: %o, %i', async (_what, by, n) => {
    await oweOne(db, { person: ADA })
    await db.query('update delivery set contact = $1', [aContactKey(ADA).alias])
    await keepContacts(db, [{ key: aContactKey(ADA), record: recordOf({ 'merge:NEWS': 'true' }, by) }])
    expect(await countWritten(db, { integrationId: INTEGRATION, ...aContactKey(ADA) })).toBe(n)
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
        await keep(recordOf(given))
        expect(await known()).toEqual(recordOf(given))
      }),
      { numRuns: 40 },
    )
  })
})
