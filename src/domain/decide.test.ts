import { describe, expect, test } from 'vitest'
import {
  anEvent,
  attribute,
  audienceOf,
  aUser,
  COOKIES,
  denies,
  entity,
  eventDeleted,
  grants,
  mergeField,
  recordOf,
  minute,
  NEWSLETTER,
  objection,
  settingsOf,
  userDeleted,
  merging,
} from '../../test/builders.ts'
import { decide, type DecideRequest } from './decide.ts'
import { type Fields } from './plan.ts'
import { personFrom, type PersonRequest } from './together.ts'

const MAPPINGS = [
  { id: 'NEWSLETTER', value: 'consents_purposes_newsletter_enabled' },
  { id: 'COOKIES', value: 'consents_purposes_cookies_enabled' },
]
const ADA = { by: 'address', address: 'ada@example.test' }

type Deciding = Partial<PersonRequest & Omit<DecideRequest, 'of'>> & { readonly written?: Fields }

/** What is decided of Ada, to whose contact the fields `written` went. */
function decideFor({ written, facts = [], feed = 'user', person = 'ada@example.test', ...over }: Deciding) {
  const settings = over.settings ?? settingsOf({ mappings: MAPPINGS })
  return decide({
    of: personFrom({ facts, feed, person, settings, erasedBy: undefined }),
    settings,
    audience: audienceOf('NEWSLETTER', 'COOKIES'),
    taken: [],
    refused: {},
    integrationId: 'int_a',
    record: written && recordOf(written),
    person,
    doubts: new Map([[person, 0]]),
    ...over,
  })
}

const granted = aUser({ kind: 'created', says: [grants(NEWSLETTER), denies(COOKIES)], version: 1, at: minute(1) })
const withdrawn = aUser({
  says: [denies(NEWSLETTER), denies(COOKIES)],
  before: entity([grants(NEWSLETTER), denies(COOKIES)], { version: 1 }),
  version: 2,
  at: minute(5),
})

describe('from facts to the one thing to do', () => {
  test('R18: a person’s choices update their contact', () => {
    expect(decideFor({ facts: [granted] }).plan).toEqual({
      do: 'update',
      contact: ADA,
      fields: merging({ NEWSLETTER: 'true', COOKIES: 'false' }),
    })
  })

  test('R7, I5: a withdrawal is what is sent, even when the grant comes in after it', () => {
    const { plan } = decideFor({
      facts: [withdrawn, granted],
      written: merging({ NEWSLETTER: 'true', COOKIES: 'false' }),
    })
    expect(plan).toEqual({ do: 'update', contact: ADA, fields: merging({ NEWSLETTER: 'false' }) })
  })

  test('I10: what was delivered once is not delivered again', () => {
    const first = decideFor({ facts: [granted] })
    const fields = first.plan.do === 'update' ? first.plan.fields : {}
    expect(decideFor({ facts: [granted, granted], written: fields }).plan).toEqual({
      do: 'skip',
      because: 'unchanged',
    })
  })

  test('R20: a refusal creates a contact that is no subscriber', () => {
    const settings = settingsOf({ mappings: MAPPINGS, upsertMode: true, options: { newContactStatus: 'subscribed' } })
    const grantsBoth = aUser({
      kind: 'created',
      says: [grants(NEWSLETTER), grants(COOKIES)],
      version: 1,
      at: minute(1),
    })
    expect(decideFor({ settings, facts: [grantsBoth] }).plan).toMatchObject({
      do: 'upsert',
      statusIfNew: 'subscribed',
      signedUpAt: minute(1),
    })
    expect(decideFor({ settings, facts: [granted] }).plan).toMatchObject({ do: 'upsert', statusIfNew: 'transactional' })
    expect(decideFor({ settings, facts: [granted, withdrawn] }).plan).toMatchObject({
      do: 'upsert',
      statusIfNew: 'transactional',
      fields: merging({ NEWSLETTER: 'false', COOKIES: 'false' }),
    })
  })

  test('R19, R16e: a contact that is gone is made again by a grant that came after that, and by no older one', () => {
    const settings = settingsOf({ mappings: MAPPINGS, upsertMode: true })
    const goneAfter = (fact: string) =>
      decideFor({ settings, facts: [granted], record: { ...recordOf({}), goneAfter: fact } }).plan.do
    expect([goneAfter('user-0'), goneAfter(granted.id)]).toEqual(['upsert', 'update'])
  })

  test('R17: a person who is no address is nobody at Mailchimp', () => {
    const decision = decideFor({ person: 'Customer-42', facts: [granted] })
    expect(decision).toMatchObject({ contact: undefined, plan: { do: 'skip', because: 'unresolvable' } })
  })

  test('R16: under match metadata_email the person’s metadata names the contact', () => {
    const settings = settingsOf({ mappings: MAPPINGS, options: { match: 'metadata_email' } })
    const facts = [
      aUser({
        names: 'Customer-42',
        says: [grants(NEWSLETTER)],
        attributes: [attribute('metadata.email', 'Ada@Example.test')],
      }),
    ]
    expect(decideFor({ person: 'Customer-42', settings, facts }).contact).toEqual(ADA)
  })

  test('R4: facts of another regulation lead to nothing', () => {
    const facts = [{ ...granted, regulation: 'cpra' }]
    expect(decideFor({ facts }).plan).toEqual({ do: 'skip', because: 'nothing_mapped' })
    const settings = settingsOf({ mappings: MAPPINGS, options: { regulations: ['cpra'] } })
    expect(decideFor({ facts, settings }).plan.do).toBe('update')
  })

  test('R6: a deleted user changes nothing at Mailchimp, or under "withdraw" withdraws', () => {
    const facts = [granted, userDeleted('user-1', minute(9))]
    const written = merging({ NEWSLETTER: 'true', COOKIES: 'false' })
    expect(decideFor({ facts, written }).plan).toEqual({ do: 'skip', because: 'unchanged' })
    const settings = settingsOf({ mappings: MAPPINGS, options: { onUserDeleted: 'withdraw' } })
    expect(decideFor({ facts, written, settings }).plan).toMatchObject({
      fields: merging({ NEWSLETTER: 'false' }),
    })
  })

  describe('R6, R12: the only event deleted', () => {
    const facts = [anEvent({ entityId: 'event-1', says: [grants(NEWSLETTER)] }), eventDeleted('event-1')]

    test('the merge field is denied, and under no_choice "clear" cleared', () => {
      expect(decideFor({ feed: 'event', facts }).plan).toMatchObject({ fields: merging({ NEWSLETTER: 'false' }) })
      const settings = settingsOf({ mappings: MAPPINGS, options: { noChoice: 'clear' } })
      const { plan } = decideFor({ feed: 'event', facts, settings })
      expect(plan).toMatchObject({ fields: merging({ NEWSLETTER: '' }) })
    })

    test('creates no contact, as a choice would', () => {
      const settings = settingsOf({ mappings: MAPPINGS, upsertMode: true })
      expect(decideFor({ feed: 'event', facts, settings }).plan.do).toBe('update')
      expect(decideFor({ feed: 'event', facts: facts.slice(0, 1), settings }).plan.do).toBe('upsert')
    })
  })

  test('R13: a field that cannot be filled is shown, the other one is sent', () => {
    const audience = audienceOf('NEWSLETTER', mergeField('COOKIES', 'number'))
    const { desired, plan } = decideFor({ facts: [granted], audience })
    expect(desired.setAside).toMatchObject([{ tag: 'COOKIES', code: 'merge_field_mismatch' }])
    expect(plan).toMatchObject({ do: 'update', fields: merging({ NEWSLETTER: 'true' }) })
  })

  test('R9: an objection to legitimate interest says nothing about consent', () => {
    const facts = [aUser({ says: [{ place: objection('newsletter'), answer: false }] })]
    expect(decideFor({ facts }).plan).toEqual({ do: 'skip', because: 'nothing_mapped' })
  })
})
