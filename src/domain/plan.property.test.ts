import fc from 'fast-check'
import { expect, test } from 'vitest'
import { settingsOf } from '../../test/builders.ts'
import { type Settings } from './integration.ts'
import { type ContactRef } from './person.ts'
import { planFor, type Fields, type Plan, type Situation } from './plan.ts'

const someTag = fc.constantFrom('NEWSLETTER', 'COOKIES', 'TOPICS', 'COUNTRY')
const someFields: fc.Arbitrary<Fields> = fc.dictionary(someTag, fc.constantFrom('true', 'false', '', 'sport', 7))
const someContact = fc.constantFrom<ContactRef | undefined>(
  { by: 'address', address: 'ada@example.test' },
  { by: 'hash', hash: '0cc175b9c0f1b6a831c399e269772661' },
  { by: 'contact_id', contactId: '7fbd1a3e2c' },
  undefined,
)
const someSettings: fc.Arbitrary<Settings> = fc
  .record({
    upsertMode: fc.boolean(),
    newContactStatus: fc.constantFrom('transactional', 'subscribed', 'pending', 'unsubscribed'),
  })
  .map(({ upsertMode, newContactStatus }) => settingsOf({ upsertMode, options: { newContactStatus } }))

const someSituation: fc.Arbitrary<Situation> = fc.record({
  settings: someSettings,
  contact: someContact,
  desired: fc.record({
    fields: someFields,
    setAside: fc.constant([]),
    isStated: fc.constant(true),
    beginning: fc.record({
      subscribes: fc.boolean(),
      grantedAt: fc.option(fc.integer({ min: 1 }), { nil: undefined }),
    }),
    lists: fc.constant([]),
  }),
  isNew: fc.boolean(),
  confirmed: someFields,
})

/** Mailchimp's merge fields after a plan was carried out. */
const carriedOut = (plan: Plan, held: Fields): Fields => (plan.do === 'skip' ? held : { ...held, ...plan.fields })

const forEvery = (claim: (situation: Situation, plan: Plan) => void) =>
  fc.assert(
    fc.property(someSituation, situation => claim(situation, planFor(situation))),
    { numRuns: 2_000 },
  )

test('R19: no request ever carries a status, whatever the situation', () => {
  forEvery((_, plan) => {
    expect(Object.keys(plan)).not.toContain('status')
    if (plan.do !== 'skip') expect(Object.keys(plan.fields)).not.toContain('status')
  })
})

test('R18: update-only never makes a request that could create a contact', () => {
  forEvery(({ settings }, plan) => {
    if (!settings.upsertMode) expect(plan.do).not.toBe('upsert')
  })
})

test('R20: without a granted mapped purpose a new contact is transactional, whatever the option says', () => {
  forEvery(({ desired }, plan) => {
    if (plan.do === 'upsert' && !desired.beginning.subscribes) expect(plan.statusIfNew).toBe('transactional')
  })
})

test('R21: a request is made only if a field differs, and then never an empty one', () => {
  forEvery(({ desired, confirmed }, plan) => {
    if (plan.do === 'skip') return
    expect(Object.keys(plan.fields).length).toBeGreaterThan(0)
    expect({ ...confirmed, ...desired.fields }).not.toEqual(confirmed)
  })
})

test('I10: once a plan is carried out there is nothing left to do, and Mailchimp holds what is desired', () => {
  forEvery((situation, plan) => {
    if (!situation.contact) return
    const held = carriedOut(plan, situation.confirmed)
    expect(held).toMatchObject(situation.desired.fields)
    expect(planFor({ ...situation, confirmed: held }).do).toBe('skip')
  })
})

test('R18, R19: an update sends changes only, an upsert everything', () => {
  forEvery(({ desired, confirmed }, plan) => {
    if (plan.do === 'upsert') expect(plan.fields).toEqual(desired.fields)
    if (plan.do !== 'update') return
    for (const [tag, value] of Object.entries(plan.fields)) {
      expect(desired.fields[tag]).toBe(value)
      expect(confirmed[tag]).not.toBe(value)
    }
  })
})
