import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readWebhook, type Reading } from './webhook.ts'

const RECEIVED = Date.parse('2024-05-02T10:00:00Z')

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

const readText = (text: string): Reading[] => readWebhook(Buffer.from(text), RECEIVED)
const read = (body: unknown): Reading[] => readText(JSON.stringify(body))
const keyOf = ([reading]: readonly Reading[]): string => (reading?.kind === 'fact' ? reading.fact.key : '')

/** Free text, as ids and keys are at Didomi: `_` and `-` are common in it, and so may be `__`. */
const id = fc.oneof(
  fc.constantFrom('newsletter', 'geolocation_data', 'audientse-fxqe89b2', 'jmHmf37H', 'id', 'enabled', 'metadata'),
  fc.string({ unit: fc.constantFrom('a', 'B', '7', '_', '-', ':'), minLength: 1, maxLength: 6 }),
)
const choice = fc.constantFrom(true, false, null)
const list = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 3 })

const channel = fc.record({ id, enabled: choice }, { requiredKeys: ['id'] })
const preference = fc.record({ id, enabled: choice, channels: list(channel) }, { requiredKeys: ['id'] })
const picked = fc.constantFrom('', 'sport', 'sport,culture', 'true', 'false')
const purpose = fc.record(
  {
    id,
    enabled: choice,
    enabled_li: choice,
    metadata: fc.dictionary(id, fc.constant('x'), { maxKeys: 2 }),
    values: fc.dictionary(id, fc.record({ value: picked }), { maxKeys: 3 }),
    preferences: list(preference),
    channels: list(channel),
  },
  { requiredKeys: ['id'] },
)
const vendors = fc.record(
  { enabled: list(id), disabled: list(id), enabled_li: list(id), disabled_li: list(id) },
  { requiredKeys: [] },
)
const consents = fc.record({ purposes: list(purpose), channels: list(channel), vendors }, { requiredKeys: [] })
const metadata = fc.dictionary(id, fc.oneof(fc.constantFrom('gold', ''), fc.integer(), fc.boolean()), { maxKeys: 3 })
const stamp = fc.constantFrom('2024-05-02T09:30:00Z', '2024-05-02T09:45:00+02:00')
const person = { organization_user_id: fc.constantFrom('ada@example.test', 'Ada@Example.test'), metadata }

const event = fc
  .record({ user: fc.record({ id, ...person, country: fc.constant('FR') }), consents, created_at: stamp })
  .map(entity => ({ type: 'event.created', parameters: { entity: { id: 'evt-1', ...entity } } }))
const user = fc
  .record({ ...person, consents, created_at: stamp, updated_at: stamp, version: fc.nat() })
  .chain(entity =>
    fc.record({ now: fc.constant(entity), before: consents, source: fc.record({ id, created_at: stamp }) }),
  )
  .map(({ now, before, source }) => ({
    type: 'user.updated',
    parameters: {
      source,
      old_entity: { ...now, id: 'user-1', version: now.version - 1, consents: before },
      new_entity: { ...now, id: 'user-1' },
    },
  }))
const record: fc.Arbitrary<Json> = fc.oneof(event, user)

/** Didomi's *Flatten*: a path of keys and positions joined by `__`. What is empty stays as it is. */
function flatten(value: Json, path: readonly string[] = []): [string, Json][] {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return [[path.join('__'), value]]
  return Object.entries(value).flatMap(([key, inner]) => flatten(inner, [...path, key]))
}
const flat = (value: Json): Json => Object.fromEntries(flatten(value))

/** The same JSON with the names of each object in another order. */
function reordered(value: Json, rank: (name: string) => number): Json {
  if (Array.isArray(value)) return value.map(item => reordered(item, rank))
  if (typeof value !== 'object' || value === null) return value
  const names = Object.keys(value).sort((a, b) => rank(a) - rank(b))
  return Object.fromEntries(names.map(name => [name, reordered(value[name] ?? null, rank)]))
}

describe('whatever the spelling, the same record tells the same facts', () => {
  test('R1: flattened from the top', () => {
    fc.assert(
      fc.property(record, body => void expect(read(flat(body))).toEqual(read(body))),
      { numRuns: 1_000 },
    )
  })

  test('R1: flattened inside each entity', () => {
    const inside = fc.oneof(event, user).map(({ type, parameters }) => {
      const parts = Object.entries(parameters as { [key: string]: Json }).map(([name, part]) => [name, flat(part)])
      return { plain: { type, parameters }, flattened: { type, parameters: Object.fromEntries(parts) as Json } }
    })
    fc.assert(
      fc.property(inside, ({ plain, flattened }) => void expect(read(flattened)).toEqual(read(plain))),
      { numRuns: 1_000 },
    )
  })

  test('R1: a list tells what its records tell one by one', () => {
    fc.assert(fc.property(list(record), records => void expect(read(records)).toEqual(records.flatMap(read))))
  })

  test('R1: the nested preferences of API v1 and the flat values of API v2', () => {
    const preferences = fc.uniqueArray(fc.record({ id, enabled: choice }), { selector: each => each.id, maxLength: 4 })
    fc.assert(
      fc.property(id, preferences, (purposeId, chosen) => {
        const values = Object.fromEntries(
          chosen.map(each => [each.id, { value: each.enabled === null ? null : String(each.enabled) }]),
        )
        const body = (purposeBody: object) => ({
          type: 'event.created',
          parameters: {
            entity: {
              id: 'evt-1',
              created_at: '2024-05-02T09:30:00Z',
              consents: { purposes: [{ id: purposeId, ...purposeBody }] },
            },
          },
        })
        expect(read(body({ values }))).toEqual(read(body({ preferences: chosen })))
      }),
    )
  })

  test('I2: the key does not depend on white space or on the order of names', () => {
    fc.assert(
      fc.property(record, fc.func(fc.nat()), (body, rank) => {
        expect(keyOf(readText(JSON.stringify(reordered(body, rank), null, 3)))).toBe(keyOf(read(body)))
      }),
      { numRuns: 1_000 },
    )
  })

  test('I2 R10: nor on when we received it, even if a time in it runs ahead of our clock', () => {
    const ahead = '2024-05-02T10:30:00Z'
    const body = {
      type: 'user.updated',
      parameters: {
        source: { id: 'evt-1', created_at: ahead },
        new_entity: { id: 'user-1', organization_user_id: 'ada@example.test', created_at: ahead, updated_at: ahead },
      },
    }
    const later = readWebhook(Buffer.from(JSON.stringify(body)), RECEIVED + 60_000)
    expect(keyOf(later)).toMatch(/^[0-9a-f]{64}$/)
    expect(keyOf(later)).toBe(keyOf(read(body)))
  })
})

test('I2: what differs in anything that counts has another key', () => {
  const base = {
    id: 'evt-1',
    created_at: '2024-05-02T09:30:00Z',
    status: 'confirmed',
    regulation: 'gdpr',
    user: { id: 'u', organization_user_id: 'ada@example.test', country: 'FR', metadata: { plan: 'gold' } },
    consents: { purposes: [{ id: 'newsletter', enabled: true, values: { topics: { value: 'sport' } } }] },
  }
  const { user: ada } = base
  const variants: [type: string, entity: object, others?: object][] = [
    ['event.created', base],
    ['event.updated', base],
    ['event.deleted', base],
    ['user.created', base],
    ['event.created', { ...base, id: 'evt-2' }],
    ['event.created', { ...base, created_at: '2024-05-02T09:30:01Z' }],
    ['event.created', { ...base, updated_at: '2024-05-02T09:31:00Z' }],
    ['event.created', { ...base, status: 'pending_approval' }],
    ['event.created', { ...base, regulation: 'cpra' }],
    ['event.created', { ...base, user: { ...ada, id: 'v' } }],
    ['event.created', { ...base, user: { ...ada, organization_user_id: 'grace@example.test' } }],
    ['event.created', { ...base, user: { ...ada, country: 'BE' } }],
    ['event.created', { ...base, user: { ...ada, metadata: { plan: 'silver' } } }],
    ['event.created', { ...base, consents: { purposes: [{ id: 'newsletter', enabled: false }] } }],
    ['event.created', { ...base, consents: { purposes: [{ id: 'newsletter', enabled: null }] } }],
    ['event.created', { ...base, consents: { purposes: [{ id: 'newsletter', values: { topics: { value: '' } } }] } }],
    ['event.created', { ...base, consents: { channels: [{ id: 'newsletter', enabled: true }] } }],
    ['event.updated', base, { old_entity: { ...base, status: 'pending_approval' } }],
    ['event.updated', base, { source: { id: 'evt-0', created_at: '2024-05-02T09:00:00Z' } }],
    ['event.updated', base, { source: { id: 'evt-0', created_at: '2024-05-02T09:00:01Z' } }],
  ]
  const keys = variants.map(([type, entity, others]) => keyOf(read({ type, parameters: { entity, ...others } })))
  expect(keys.every(key => /^[0-9a-f]{64}$/.test(key))).toBe(true)
  expect(new Set(keys).size).toBe(variants.length)
})
