import { describe, expect, test } from 'vitest'
import { LIMITS } from '../domain/limits.ts'
import { readWebhook, type Reading, type NewFact } from './webhook.ts'

const RECEIVED = Date.parse('2024-05-02T10:00:00Z')

const read = (body: unknown): Reading | undefined => readWebhook(Buffer.from(JSON.stringify(body)), RECEIVED)[0]

function told(body: unknown): NewFact {
  const reading = read(body)
  if (reading?.kind !== 'fact') throw new Error(JSON.stringify(reading))
  return reading.fact
}

const faultsOf = (reading: Reading | undefined): object[] =>
  reading?.kind === 'fact' ? [...reading.withheld] : reading?.kind === 'quarantined' ? [reading.fault] : []

type Changed = { readonly consents?: unknown; readonly user?: object; readonly entity?: object; readonly old?: object }

const user = { id: 'u1', organization_user_id: 'ada@mail.test' }

const event = ({ consents = { purposes: [{ id: 'a', enabled: false }] }, entity = {}, ...changed }: Changed = {}) => ({
  type: 'event.created',
  parameters: {
    entity: {
      id: 'e1',
      created_at: '2024-05-02T09:00:00Z',
      user: { ...user, ...changed.user },
      consents,
      ...entity,
    },
  },
})

const updated = ({ consents, entity = {}, old = {} }: Changed) => ({
  type: 'user.updated',
  parameters: {
    new_entity: { ...user, version: 2, updated_at: '2024-05-02T09:00:00Z', consents, ...entity },
    old_entity: { ...user, version: 1, updated_at: '2024-05-01T09:00:00Z', ...old },
  },
})

const TOO_LONG = 'must have at most 512 bytes'

describe('an id of more than 512 bytes', () => {
  const purposes = (purpose: object) => ({ consents: { purposes: [{ id: 'a', enabled: true, ...purpose }] } })
  const whole: [field: string, (id: string) => unknown][] = [
    ['parameters.entity.id', id => event({ entity: { id } })],
    ['parameters.entity.user.id', id => event({ user: { id } })],
    ['parameters.entity.user.organization_user_id', id => event({ user: { organization_user_id: id } })],
    ['parameters.entity.regulation', id => event({ entity: { regulation: id } })],
    ['type', id => ({ ...event(), type: id })],
    [
      'parameters.source.id',
      id => ({ ...event(), parameters: { ...event().parameters, source: { id, created_at: '2024-05-02T09:00:00Z' } } }),
    ],
  ]
  const apart: [field: string, (id: string) => unknown][] = [
    ['purposes[0].id', id => event({ consents: { purposes: [{ id, enabled: true }] } })],
    ['purposes[0].preferences[0].id', id => event(purposes({ preferences: [{ id, enabled: true }] }))],
    ['purposes[0].channels[0].id', id => event(purposes({ channels: [{ id, enabled: true }] }))],
    ['purposes[0].values[0]', id => event(purposes({ values: { [id]: { value: 'x' } } }))],
    ['purposes[0].values[0].value[0]', id => event(purposes({ values: { v: { value: [id] } } }))],
    ['channels[0].id', id => event({ consents: { channels: [{ id, enabled: true }] } })],
    ['vendors.disabled[1]', id => event({ consents: { vendors: { disabled: ['v', id] } } })],
  ]
  const SPELLINGS = [
    ['of 512 letters', 'x'.repeat(512), true],
    ['of 513 letters', 'x'.repeat(513), false],
    ['of 170 signs of three bytes', '\u20ac'.repeat(170), true],
    ['of 171 signs of three bytes', '\u20ac'.repeat(171), false],
    ['of 400,000 zeros', '0'.repeat(400_000), false],
    ['of 129 signs of four bytes', '\u{1f600}'.repeat(129), false],
  ] as const

  test.each(whole.flatMap(([field, body]) => SPELLINGS.map(each => [field, ...each, body] as const)))(
    'R5a: at %s, %s',
    (field, _, id, fits, body) => {
      const reading = read(body(id))
      if (fits) expect(reading?.kind).not.toBe('quarantined')
      else expect(reading).toEqual({ kind: 'quarantined', fault: { path: field, why: TOO_LONG } })
    },
  )

  test.each(apart.flatMap(([field, body]) => SPELLINGS.map(each => [field, ...each, body] as const)))(
    'R10: at consents.%s, %s: the value is set apart',
    (field, _, id, fits, body) => {
      const reading = read(body(id))
      const fault = { path: `parameters.entity.consents.${field}`, why: TOO_LONG }
      expect(reading?.kind).toBe('fact')
      expect(faultsOf(reading)).toEqual(fits ? [] : [fault])
    },
  )

  test('the vendors beside it are read', () => {
    const { after } = told(event({ consents: { vendors: { disabled: ['a', 'x'.repeat(513), 'b'] } } }))
    expect(after.statements.map(({ place }) => place)).toMatchObject([{ vendor: 'a' }, { vendor: 'b' }])
  })
})

describe('a value of more than 1 KiB', () => {
  const places: [field: string, (value: string) => unknown][] = [
    ['parameters.entity.user.metadata.plan', plan => event({ user: { metadata: { plan } } })],
    ['parameters.entity.user.metadata[1]', value => event({ user: { metadata: { a: 1, 'Ada@mail.test': value } } })],
    ['parameters.entity.user.metadata.a.b', b => event({ user: { metadata: { a: { b } } } })],
    ['parameters.entity.user.metadata.list', value => event({ user: { metadata: { list: [value] } } })],
    ['parameters.entity.metadata.plan', plan => event({ entity: { metadata: { plan } } })],
    ['parameters.entity.user.country', country => event({ user: { country } })],
    [
      'parameters.entity.consents.purposes[0].values[0].value',
      value => event({ consents: { purposes: [{ id: 'a', values: { v: { value } } }] } }),
    ],
  ]
  test.each(places)('R10: at %s it is set apart, and the rest counts', (field, body) => {
    expect(faultsOf(read(body('x'.repeat(1024))))).toEqual([])
    const reading = read(body('x'.repeat(1025)))
    expect(reading).toMatchObject({ kind: 'fact', withheld: [{ path: field, why: 'must have at most 1,024 bytes' }] })
  })

  test('R8: it is not lost: the value before stays', () => {
    const change = (plan: string) =>
      told(updated({ entity: { metadata: { plan } }, old: { metadata: { plan: 'gold', gone: '1' } } }))
    expect(change('silver').after.lostAttributes).toEqual([['metadata', 'gone']])
    expect(change('x'.repeat(1025)).after).toMatchObject({ lostAttributes: [['metadata', 'gone']] })
  })

  test('a list of ids together', () => {
    const values = (ids: readonly string[]) =>
      event({ consents: { purposes: [{ id: 'a', values: { v: { value: ids } } }] } })
    expect(faultsOf(read(values(Array<string>(100).fill('123456789'))))).toEqual([])
    expect(faultsOf(read(values(Array<string>(103).fill('123456789'))))).toHaveLength(1)
  })

  test('of metadata, 1,000 values are read, and none is lost', () => {
    const metadata = Object.fromEntries(Array.from({ length: 1_001 }, (_, n) => [`k${n}`, 1]))
    const body = updated({ entity: { metadata }, old: { metadata: { plan: 'gold' } } })
    expect(told(body).after.attributes.filter(({ path }) => path[0] === 'metadata')).toHaveLength(1_000)
    expect(told(body).after.lostAttributes).toEqual([])
    const fault = { path: 'parameters.new_entity.metadata', why: 'holds more than 1,000 values' }
    expect(faultsOf(read(body))).toEqual([fault])
  })
})

describe('more choices than are read of one entity', () => {
  const MOST = LIMITS.statements
  const purposes = (count: number, enabled: (n: number) => boolean) => ({
    purposes: Array.from({ length: count }, (_, n) => ({ id: `p${n}`, enabled: enabled(n) })),
  })
  const fault = { path: 'parameters.entity.consents', why: 'holds more than 5,000 choices' }
  const answersIn = (body: unknown) => told(body).after.statements.map(({ answer }) => answer)

  test('as many as are read: all count', () => {
    const body = event({ consents: purposes(MOST, n => n % 2 === 0) })
    expect(answersIn(body)).toHaveLength(MOST)
    expect(faultsOf(read(body))).toEqual([])
  })

  test.each([
    ['the first', 0],
    ['one in the middle', 4_000],
    ['the last of them', MOST],
    ['one behind all that are read', 9_999],
  ])('one more: what is granted is set apart, and what is denied counts: %s', (_, denied) => {
    const body = event({ consents: purposes(Math.max(denied, MOST) + 1, n => n !== denied) })
    expect(told(body).after.statements).toEqual([
      { place: { kind: 'purpose', purpose: `p${denied}`, legitimateInterest: false }, answer: false },
    ])
    expect(faultsOf(read(body))).toEqual([fault])
  })

  test('nothing is denied: all of it is quarantined', () => {
    expect(read(event({ consents: purposes(MOST + 1, () => true) }))).toEqual({ kind: 'quarantined', fault })
  })

  test('of more denials than are read, as many count', () => {
    expect(answersIn(event({ consents: purposes(2 * MOST, () => false) }))).toHaveLength(MOST)
  })

  test('R6: nobody loses a choice because its list was not read to its end', () => {
    const consents = purposes(MOST + 1, n => n !== 3)
    const { after } = told(updated({ consents, old: { consents: purposes(MOST, () => true) } }))
    expect(after.blanks).toEqual([])
    expect(after.statements).toMatchObject([{ place: { purpose: 'p3' }, answer: false }])
  })

  test('R8: of the entity before: a grant beside it cannot be dated', () => {
    const body = updated({
      consents: {
        purposes: [
          { id: 'p0', enabled: false },
          { id: 'new', enabled: true },
        ],
      },
      old: { consents: purposes(MOST + 1, () => true) },
    })
    expect(told(body).after.statements).toMatchObject([{ place: { purpose: 'p0' }, answer: false }])
    expect(faultsOf(read(body))).toEqual([{ ...fault, path: 'parameters.old_entity.consents' }])
  })

  test('a list of picked ids takes away, and grants nothing', () => {
    const values = {
      purposes: [{ id: 'v', values: { topics: { value: 'sport' } } }, ...purposes(MOST, () => true).purposes],
    }
    expect(told(event({ consents: values })).after.statements).toEqual([
      { place: { kind: 'preference', purpose: 'v', preference: 'topics' }, answer: ['sport'], takesOnly: true },
    ])
  })
})

describe('other bounds of one record', () => {
  const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)])

  test('32 levels, of whatever it is made', () => {
    const deep = (levels: number) => faultsOf(read({ ...event(), other: nested(levels - 1) }))
    expect(deep(32)).toEqual([])
    expect(deep(33)).toEqual([{ path: 'parameters', why: 'nests deeper than 32 levels' }])
    const flat = (steps: number) => faultsOf(read({ ...event(), [`parameters${'__a'.repeat(steps - 1)}`]: 1 }))
    expect(flat(32)).toEqual([])
    expect(flat(33)).toEqual([{ path: 'parameters', why: 'nests deeper than 32 levels' }])
  })

  test('brackets in texts are no levels', () => {
    expect(faultsOf(read({ ...event(), other: ['[{"'.repeat(50), '\\"[['.repeat(50)] }))).toEqual([])
  })

  test('of a list, the record that is too deep alone', () => {
    const readings = readWebhook(
      Buffer.from(JSON.stringify([event(), { ...event(), other: nested(40) }, event()])),
      RECEIVED,
    )
    expect(readings.map(faultsOf)).toEqual([[], [{ path: '[1].parameters', why: 'nests deeper than 32 levels' }], []])
  })

  test('20,000 keys of a flattened record', () => {
    const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k__${n}`, 1]))
    const own = 11
    expect(faultsOf(read({ ...keys(LIMITS.flattenedKeys - own), ...event() }))).toEqual([])
    const [fault] = faultsOf(read({ ...event(), ...keys(LIMITS.flattenedKeys) }))
    expect(fault).toEqual({ path: 'parameters', why: 'holds more than 20,000 keys' })
  })

  test('100,000 brackets, colons and commas: a record of more is not read', () => {
    const all = (count: number) =>
      readWebhook(Buffer.from(JSON.stringify([event(), { ...event(), other: Array<number>(count).fill(1) }])), RECEIVED)
    expect(all(99_000).map(({ kind }) => kind)).toEqual(['fact', 'fact'])
    const fault = { path: '[1]', why: 'holds more than 100,000 brackets, colons and commas' }
    expect(all(100_001)).toMatchObject([{ kind: 'fact' }, { kind: 'quarantined', fault }])
  })

  test('of very many faults a hundred are named, and the others are counted', () => {
    const purposes = Array.from({ length: 5_000 }, () => ({}))
    const reading = read(event({ consents: { purposes: [...purposes, { id: 'a', enabled: false }] } }))
    expect(reading).toMatchObject({ kind: 'fact', fact: { after: { statements: [{ answer: false }] } } })
    expect(faultsOf(reading)).toHaveLength(101)
    expect(faultsOf(reading).at(-1)).toEqual({
      path: 'parameters.entity.consents.purposes[100].id',
      why: 'is the first of 4,900 more that cannot be read',
    })
  })
})
