import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Answer } from '../domain/choice.ts'
import { type Entity } from '../domain/fact.ts'
import { describe as words } from '../domain/paths.ts'
import { readWebhook, type Reading, type NewFact } from './webhook.ts'

const RECEIVED = Date.parse('2024-05-02T10:00:00Z')

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../test/fixtures/didomi/${name}.json`, import.meta.url), 'utf8'))

const readAll = (body: unknown): Reading[] => readWebhook(Buffer.from(JSON.stringify(body)), RECEIVED)

function readOne(body: unknown): Reading {
  const [reading, ...others] = readAll(body)
  if (!reading || others.length > 0) throw new Error(`${others.length + 1} readings`)
  return reading
}

function told(body: unknown): NewFact {
  const reading = readOne(body)
  if (reading.kind !== 'fact') throw new Error(JSON.stringify(reading))
  return reading.fact
}

const choices = (entity: Entity | undefined): Record<string, Answer> =>
  Object.fromEntries((entity?.statements ?? []).map(({ place, answer }) => [words(place), answer]))

const attributes = (entity: Entity): Record<string, string> =>
  Object.fromEntries(entity.attributes.map(({ path, value }) => [path.join('_'), value]))

const ADA = { id: 'didomi-user-1', organization_user_id: 'ada@example.test' }
const YES = { purposes: [{ id: 'newsletter', enabled: true }] }
const NO = { purposes: [{ id: 'newsletter', enabled: false }] }

const event = (entity: object) => ({
  type: 'event.created',
  parameters: { entity: { id: 'evt-1', created_at: '2024-05-02T09:30:00Z', user: ADA, consents: YES, ...entity } },
})
const userUpdated = (entity: object, others: object = {}) => ({
  type: 'user.updated',
  parameters: { new_entity: { ...ADA, consents: YES, ...entity }, ...others },
})

describe('the examples of the documentation', () => {
  test('R1: the documented user.updated is read, though it says nothing of consents', () => {
    expect(told(fixture('documented-user-updated'))).toMatchObject({
      family: 'user',
      kind: 'updated',
      entityId: 'didomi_user_id',
      userId: 'didomi_user_id',
      names: 'organization_user_id',
      at: Date.parse('2019-08-07T10:45:11Z'),
      cause: { id: 'unique_event_id', at: Date.parse('2019-08-07T10:45:11Z') },
      after: { statements: [], hasConsents: false },
      before: { statements: [], hasConsents: false },
    })
  })

  test('R1 R6: the documented event.deleted is read, though it does not say whose event it was', () => {
    expect(told(fixture('documented-event-deleted'))).toMatchObject({
      family: 'event',
      kind: 'deleted',
      entityId: 'deleted_event_id',
      names: undefined,
      at: RECEIVED,
    })
  })

  test('R1: the documented element of a batch import is read as an event', () => {
    const [entity] = fixture('documented-batch-import') as unknown[]
    const fact = told({ type: 'event.created', parameters: { entity } })
    expect(fact).toMatchObject({ names: 'user1@domain.com', userId: '', regulation: 'gdpr' })
    expect(choices(fact.after)).toEqual({ 'purpose "purpose_id"': true })
    expect(attributes(fact.after)).toMatchObject({ metadata_custom_key: 'value' })
  })

  test('R2: bodies of other calls are quarantined with the field that a webhook would have', () => {
    const entity = fixture('documented-event-create')
    const missing = (path: string) => ({ kind: 'quarantined', fault: { path, why: 'is missing' } })
    expect(readOne({ type: 'event.created', parameters: { entity } })).toEqual(missing('parameters.entity.id'))
    expect(readOne(fixture('documented-users-page'))).toEqual(missing('type'))
  })

  test('R1: an event of API v2 states its purposes and picked values', () => {
    const fact = told({ type: 'event.created', parameters: { entity: fixture('assembled-event-v2') } })
    expect(choices(fact.after)).toEqual({
      'purpose "newsletter"': true,
      'purpose "newsletter" › preference "topics"': ['sport', 'culture'],
    })
  })

  test('R1 R9: an event of API v1 states preferences and channels, and no purpose that has no choice', () => {
    expect(choices(told(event({ consents: { purposes: fixture('assembled-purposes-v1') } })).after)).toEqual({
      'purpose "cookies" › preference "newsletter"': true,
      'purpose "cookies" › preference "newsletter" › channel "email"': true,
    })
  })
})

describe('what a webhook tells', () => {
  const V1 = {
    'channel "sms"': false,
    'purpose "geolocation_data" (legitimate interest)': false,
    'purpose "geolocation_data" › preference "jmHmf37H"': true,
    'purpose "geolocation_data" › preference "jmHmf37H" › channel "email"': true,
    'purpose "geolocation_data" › preference "partner_offers"': false,
    'purpose "audientse-fxqe89b2"': true,
    'vendor "google"': true,
    'vendor "google" (legitimate interest)': false,
    'vendor "c:acme-Xy_1"': false,
  }

  test('R1 R15 R16: event.created: every place of a choice, the attributes, and one person whatever the case', () => {
    const fact = told(fixture('event-created-v1'))
    expect(fact).toMatchObject({ family: 'event', kind: 'created', status: 'confirmed', names: 'ada@example.test' })
    expect(fact.at).toBe(Date.parse('2024-05-02T09:30:00.250Z'))
    expect(choices(fact.after)).toEqual(V1)
    expect(attributes(fact.after)).toEqual({
      organization_user_id: 'Ada@Example.test',
      country: 'FR',
      last_seen_country: 'BE',
      created_at: '2024-05-02T09:30:00.250Z',
      metadata_plan_tier: 'gold',
      metadata_seats: '3',
      metadata_beta: 'false',
    })
  })

  test.each(['inside-entity', 'consents-only', 'from-entity', 'whole', 'by-id'])(
    'R1: a body flattened %s tells what the plain one tells',
    form => expect(told(fixture(`flattened-${form}`))).toEqual(told(fixture('event-created-v1'))),
  )

  test.each(['flattened-user-updated', 'flattened-user-updated-merged'])('R1: so does %s', name => {
    expect(told(fixture(name))).toEqual(told(fixture('user-updated')))
  })

  test('R1 R9: event.created of API v2: values picked, none picked, no in words, no choice made', () => {
    expect(choices(told(fixture('event-created-v2')).after)).toEqual({
      'purpose "newsletter"': true,
      'purpose "newsletter" › preference "topics"': ['sport', 'culture'],
      'purpose "newsletter" › preference "frequency"': ['weekly'],
      'purpose "newsletter" › preference "offers"': false,
      'purpose "newsletter" › preference "events"': [],
    })
  })

  test('R3: event.updated carries the confirmation and what the event was before', () => {
    const pending = told(fixture('event-created-pending'))
    const confirmed = told(fixture('event-updated-confirmed'))
    expect(pending.status).toBe('pending_approval')
    expect(confirmed).toMatchObject({ kind: 'updated', status: 'confirmed', entityId: pending.entityId })
    expect(confirmed.at).toBe(Date.parse('2024-05-02T09:41:07Z'))
    expect(confirmed.before?.statements).toEqual(pending.after.statements)
    expect(confirmed.key).not.toBe(pending.key)
  })

  test('R6: event.deleted and user.deleted name what is gone, count at receipt and state nothing', () => {
    const gone = { at: RECEIVED, after: { statements: [], attributes: [] }, before: undefined }
    expect(told(fixture('event-deleted'))).toMatchObject({
      ...gone,
      entityId: 'evt-90aa',
      names: 'grace@example.test',
    })
    expect(told(fixture('user-deleted'))).toMatchObject({ ...gone, family: 'user', names: 'ada@example.test' })
  })

  test('R7 R8: user.updated carries versions, both states and the event behind the change', () => {
    const fact = told(fixture('user-updated'))
    expect(fact).toMatchObject({ family: 'user', createdAt: Date.parse('2024-05-01T08:00:00Z') })
    expect(fact.cause).toEqual({ id: 'evt-77c0', at: Date.parse('2024-05-02T09:30:00Z') })
    expect([fact.before?.version, fact.after.version]).toEqual([6, 7])
    expect(fact.before?.at).toBe(Date.parse('2024-05-01T20:15:00Z'))
    expect([choices(fact.before), choices(fact.after)]).toEqual([
      { 'purpose "newsletter"': false, 'purpose "newsletter" › preference "topics"': [] },
      { 'purpose "newsletter"': true, 'purpose "newsletter" › preference "topics"': ['sport'] },
    ])
  })

  test('R1: a list tells what its records tell one by one', () => {
    const records = fixture('array') as unknown[]
    expect(readAll(records)).toEqual(records.map(readOne))
    expect(readAll([])).toEqual([])
  })

  test('R1: a broken record of a list costs the others nothing, and the fault names its position', () => {
    const readings = readAll([event({}), 5, event({ id: undefined }), event({ id: 'evt-2' })])
    expect(readings.map(({ kind }) => kind)).toEqual(['fact', 'quarantined', 'quarantined', 'fact'])
    expect(readings[1]).toMatchObject({ fault: { path: '[1]' } })
    expect(readings[2]).toMatchObject({ fault: { path: '[2].parameters.entity.id' } })
  })

  test('R1: fields that nobody documented change nothing', () => {
    const more = { shiny: [1], consents: { ...YES, shiny: { a: null } }, status_of: 'x' }
    expect(told({ ...event(more), trace: 'abc' })).toEqual(told(event({})))
  })

  test.each(['event.given', 'user', 'USER.UPDATED', 'toString', '__proto__', 'a'.repeat(99)])(
    'R1: type %s is ignored, with a reason that names it',
    type => {
      expect(readOne({ type, parameters: 5 })).toEqual({
        kind: 'ignored',
        why: `type ${type.slice(0, 60)} is none that changes preferences`,
      })
    },
  )

  test('R3: a status that nobody documented confirms nothing', () => {
    const fault = { path: 'parameters.entity.status' }
    expect(readOne(event({ status: 'declined' }))).toMatchObject({ kind: 'quarantined', fault })
    expect(told(event({ status: null })).status).toBe('confirmed')
    expect(told(userUpdated({ status: 'declined', updated_at: '2024-05-02T09:30:00Z' })).status).toBe('confirmed')
  })

  test('R4: the regulation is the entity’s, else the envelope’s, else gdpr, in lower case', () => {
    expect(told(fixture('cpra-in-envelope')).regulation).toBe('cpra')
    expect(told(fixture('cpra-in-entity')).regulation).toBe('cpra')
    expect(told({ ...event({ regulation: 'gdpr' }), regulation: 'cpra' }).regulation).toBe('gdpr')
    expect(told({ ...event({ regulation: '' }), regulation: 'cpra' }).regulation).toBe('cpra')
    expect(told(event({ regulation: null })).regulation).toBe('gdpr')
  })

  test.each([undefined, null, '', '  '])('R5: organization_user_id %j is nobody', organization_user_id => {
    expect(told(event({ user: { id: 'u', organization_user_id } })).names).toBeUndefined()
    expect(told(fixture('anonymous')).names).toBeUndefined()
  })

  test('R7: one record that says two things of one place is taken at its more restrictive word', () => {
    const purposes = [...YES.purposes, ...NO.purposes]
    expect(choices(told(event({ consents: { purposes } })).after)).toEqual({ 'purpose "newsletter"': false })
    const vendors = { enabled: ['google'], disabled: ['google'] }
    expect(choices(told(event({ consents: { vendors } })).after)).toEqual({ 'vendor "google"': false })
  })

  test.each(['', 'sport', 'sport,culture'])(
    'R13: a preference refused as a whole is refused with these values picked in it: %j',
    value => {
      const preferences = [{ id: 'topics', enabled: false }]
      const purposes = [{ id: 'newsletter', preferences, values: { topics: { value } } }]
      expect(choices(told(event({ consents: { purposes } })).after)).toEqual({
        'purpose "newsletter" › preference "topics"': false,
      })
    },
  )

  test('R9: null, and nothing at all, is neither a yes nor a no', () => {
    const purposes = [{ id: 'a', enabled: null, enabled_li: null, values: { b: null, c: { value: null }, d: {} } }]
    expect(told(event({ consents: { purposes, channels: null, vendors: null } })).after.statements).toEqual([])
    expect(told(event({ consents: null })).after.statements).toEqual([])
  })
})
