import fc from 'fast-check'
import { expect } from 'vitest'
import { FACT_TYPES } from '../src/domain/fact.ts'
import { MINUTE } from '../src/domain/instant.ts'
import { readWebhook, type Reading } from '../src/didomi/webhook.ts'

const RECEIVED = Date.parse('2024-05-02T10:00:00Z')

/** Names that mean something somewhere, so that random bodies go deep into the reader. */
const NAMES = [
  ...['type', 'parameters', 'entity', 'new_entity', 'old_entity', 'source', 'regulation', 'id', 'user', 'metadata'],
  ...['organization_user_id', 'created_at', 'updated_at', 'version', 'status', 'country', 'consents', 'purposes'],
  ...['channels', 'vendors', 'enabled', 'enabled_li', 'disabled', 'values', 'value', 'preferences', '0', '1', ''],
  ...['__proto__', 'constructor', 'toString', 'consents__purposes__0__id', 'consents__purposes__a__enabled'],
  ...['user__metadata__a__b', 'parameters__entity__id', 'consents__purposes__0__values__a__b__value', '__', 'user____'],
]

const TEXTS = ['', 'a', 'true', 'false', 'null', 'sport,culture', '2024-05-02T09:30:00Z', '2999-01-01T00:00:00Z']
const ODD = ['__proto__', 'a\u0000b', '\ud83d', '\u202e', 'İ', 'K@x.test', 'ada@example.test', 'pending_approval']

const leaf = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1e308, ...FACT_TYPES, ...TEXTS, ...ODD),
  fc.string({ unit: 'binary', maxLength: 8 }),
)
const { tree } = fc.letrec(tie => ({
  tree: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('tree'), { maxKeys: 4 }),
  ),
}))

const anything = fc.oneof(
  { arbitrary: tree, weight: 4 },
  { arbitrary: fc.jsonValue({ maxDepth: 4 }), weight: 2 },
  { arbitrary: fc.anything({ maxDepth: 2, withSparseArray: true }), weight: 1 },
)
const entity = fc.record(
  {
    id: fc.oneof(fc.constant('e'), anything),
    organization_user_id: fc.oneof(fc.constant('ada@example.test'), anything),
    user: fc.oneof(fc.constant({ organization_user_id: 'ada@example.test' }), anything),
    created_at: fc.oneof(fc.constant('2024-05-02T09:30:00Z'), anything),
    updated_at: anything,
    status: fc.oneof(fc.constant('confirmed'), anything),
    consents: fc.oneof(
      fc.record({
        purposes: fc.oneof(fc.array(fc.record({ id: fc.constant('p'), enabled: tree, values: tree })), tree),
      }),
      fc.record({ channels: anything, vendors: anything }, { requiredKeys: [] }),
      anything,
    ),
  },
  { requiredKeys: ['id'] },
)
const envelope = fc.record(
  {
    type: fc.constantFrom(...FACT_TYPES),
    regulation: anything,
    parameters: fc.oneof(
      fc.record({ entity, source: anything }, { requiredKeys: ['entity'] }),
      fc.record({ new_entity: entity, old_entity: entity, source: anything }, { requiredKeys: ['new_entity'] }),
      anything,
    ),
  },
  { requiredKeys: ['type', 'parameters'] },
)

/** JSON for anything at all: what JSON has no word for becomes a word that is not JSON. */
const textOf = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? String(typeof value)
  } catch {
    return '{"a":'
  }
}

/** Plain comparisons: 20,000 bodies through `expect` would take most of the time. */
function check(raw: Uint8Array): string[] {
  return readWebhook(raw, RECEIVED).map(reading => {
    if (!isSound(reading)) throw new Error(JSON.stringify(reading))
    return reading.kind
  })
}

function isSound(reading: Reading): boolean {
  if (reading.kind === 'ignored') return reading.why !== ''
  if (reading.kind === 'quarantined') return /^[a-z0-9_.[\]]*$/.test(reading.fault.path) && reading.fault.why !== ''
  const { at, createdAt, cause, key } = reading.fact
  const times = [at, createdAt ?? 0, cause?.at ?? 0]
  return times.every(time => Number.isSafeInteger(time) && time <= RECEIVED + 5 * MINUTE) && /^[0-9a-f]{64}$/.test(key)
}

/** How often, and from which seed: another one each time unless told. */
type Runs = { readonly numRuns: number; readonly seed?: number }

/** No body makes the reader throw; what it cannot read it quarantines under a field’s path. Gives what came of them. */
export function readsAnyBody(runs: Runs): string[] {
  const kinds = new Set<string>()
  const body = fc.oneof(
    { arbitrary: envelope, weight: 6 },
    { arbitrary: fc.array(envelope, { maxLength: 3 }), weight: 1 },
    { arbitrary: anything, weight: 2 },
  )
  fc.assert(
    fc.property(body, value => {
      for (const kind of check(Buffer.from(textOf(value)))) kinds.add(kind)
    }),
    runs,
  )
  expect(Object.keys(Object.prototype)).toEqual([])
  return [...kinds].sort()
}

/** Nor do bytes at random, or a real body with some of its bytes changed or cut. */
export function readsDamagedBytes(runs: Runs): void {
  const real = Buffer.from(
    textOf({
      type: 'event.created',
      parameters: {
        entity: {
          id: 'e',
          created_at: '2024-05-02T09:30:00Z',
          user: { organization_user_id: 'ada@example.test' },
          consents: { purposes: [{ id: 'p', enabled: true, values: { a: { value: 'b' } } }] },
        },
      },
    }),
  )
  const place = fc.nat({ max: real.length - 1 })
  const damage = fc.array(fc.tuple(place, fc.nat({ max: 255 })), { maxLength: 4 })
  fc.assert(
    fc.property(fc.uint8Array(), damage, place, (bytes, changes, end) => {
      check(bytes)
      const damaged = Buffer.from(real)
      for (const [at, byte] of changes) damaged[at] = byte
      check(damaged)
      check(damaged.subarray(0, end))
    }),
    runs,
  )
}
