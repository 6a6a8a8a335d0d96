import { describe, expect, test } from 'vitest'
import { readWebhook, type Reading } from './webhook.ts'

const read = (body: unknown): Reading[] =>
  readWebhook(Buffer.from(JSON.stringify(body)), Date.parse('2024-05-02T10:00:00Z'))

const quarantined = (path: string) => [{ kind: 'quarantined', fault: { path, why: expect.any(String) as string } }]

const setAside = (path: string) => [
  {
    kind: 'fact',
    fact: expect.anything() as object,
    withheld: [{ path, why: expect.any(String) as string }],
  },
]

const full = () => ({
  type: 'user.updated',
  regulation: 'gdpr',
  parameters: {
    source: { id: 'evt-1', created_at: '2024-05-02T09:30:00Z' },
    old_entity: { id: 'user-1', organization_user_id: 'ada@example.test', consents: {} },
    new_entity: {
      id: 'user-1',
      organization_user_id: 'ada@example.test',
      updated_at: '2024-05-02T09:30:00Z',
      regulation: 'gdpr',
      consents: {
        channels: [{ id: 'sms', enabled: true }],
        purposes: [
          {
            id: 'newsletter',
            enabled: true,
            enabled_li: true,
            values: { topics: { value: 'sport' } },
            channels: [{ id: 'email', enabled: true }],
            preferences: [{ id: 'weekly', enabled: true, channels: [{ id: 'email', enabled: true }] }],
          },
        ],
        vendors: { enabled: ['a'], disabled: ['b'], enabled_li: ['c'], disabled_li: ['d'] },
      },
    },
  },
})
const fullEvent = () => ({
  type: 'event.updated',
  parameters: {
    old_entity: { id: 'evt-1', user: { id: 'user-1' } },
    entity: {
      id: 'evt-1',
      created_at: '2024-05-02T09:30:00Z',
      status: 'confirmed',
      user: { id: 'user-1', organization_user_id: 'ada@example.test', metadata: {} },
      consents: { purposes: [{ id: 'newsletter', enabled: true }] },
    },
  },
})

/** The body with another value at a path such as `parameters.entity.consents.purposes[0].id`. */
function withValue(body: object, path: string, value: unknown): unknown {
  const steps = path.split(/[.[\]]+/).filter(step => step !== '')
  const last = steps.pop() ?? ''
  let branch = body as Record<string, unknown>
  for (const step of steps) branch = Object.values(branch)[Object.keys(branch).indexOf(step)] as typeof branch
  branch[last] = value
  return body
}

describe('a wrong type is quarantined under the path of the field', () => {
  const NO_ID: readonly unknown[] = [true, ['a'], { a: 1 }, 'x'.repeat(513), 'a\u0000b', 'half a \ud83d pair']
  const NO_OBJECT: readonly unknown[] = ['x', 5, true, []]
  const NO_ITEM: readonly unknown[] = ['x', 5, true, null, []]
  const NO_LIST: readonly unknown[] = ['x', 5, true]
  const NO_CHOICE: readonly unknown[] = ['yes', 1, 0, '', [], {}]
  const consents = 'parameters.new_entity.consents'
  const purpose = `${consents}.purposes[0]`

  const cases: readonly [make: () => object, path: string, wrong: readonly unknown[]][] = [
    [full, 'type', [...NO_ID, null, '']],
    [fullEvent, 'regulation', NO_ID],
    [fullEvent, 'parameters.regulation', NO_ID],
    [full, 'parameters', NO_OBJECT],
    [full, 'parameters.source', NO_OBJECT],
    [full, 'parameters.source.id', NO_ID],
    [full, 'parameters.old_entity', NO_OBJECT],
    [full, 'parameters.old_entity.consents', NO_OBJECT],
    [full, 'parameters.new_entity', NO_OBJECT],
    [full, 'parameters.new_entity.id', [...NO_ID, null, '']],
    [full, 'parameters.new_entity.organization_user_id', NO_ID],
    [full, 'parameters.new_entity.regulation', NO_ID],
    [full, consents, NO_OBJECT],
    [full, `${consents}.channels`, NO_LIST],
    [full, `${consents}.channels[0]`, NO_ITEM],
    [full, `${consents}.channels[0].id`, [...NO_ID, null, '']],
    [full, `${consents}.channels[0].enabled`, NO_CHOICE],
    [full, `${consents}.purposes`, NO_LIST],
    [full, purpose, NO_ITEM],
    [full, `${purpose}.id`, [...NO_ID, null, '']],
    [full, `${purpose}.enabled`, NO_CHOICE],
    [full, `${purpose}.enabled_li`, NO_CHOICE],
    [full, `${purpose}.values`, NO_OBJECT],
    [full, `${purpose}.preferences`, NO_LIST],
    [full, `${purpose}.preferences[0]`, NO_ITEM],
    [full, `${purpose}.preferences[0].id`, [...NO_ID, null, '']],
    [full, `${purpose}.preferences[0].enabled`, NO_CHOICE],
    [full, `${purpose}.preferences[0].channels[0].id`, [...NO_ID, null, '']],
    [full, `${purpose}.preferences[0].channels[0].enabled`, NO_CHOICE],
    [full, `${purpose}.channels[0].enabled`, NO_CHOICE],
    [full, `${consents}.vendors`, NO_OBJECT],
    ...['enabled', 'disabled', 'enabled_li', 'disabled_li'].flatMap((name): typeof cases => [
      [full, `${consents}.vendors.${name}`, NO_LIST],
      [full, `${consents}.vendors.${name}[0]`, [...NO_ID, null]],
    ]),
    [fullEvent, 'parameters.old_entity.user', NO_OBJECT],
    [fullEvent, 'parameters.entity', NO_OBJECT],
    [fullEvent, 'parameters.entity.id', [...NO_ID, null, '']],
    [fullEvent, 'parameters.entity.created_at', [true, 5, {}, '', 'x']],
    [fullEvent, 'parameters.entity.updated_at', [true, 5, {}, '', 'x']],
    [fullEvent, 'parameters.entity.status', [true, 5, [], {}]],
    [fullEvent, 'parameters.entity.user', NO_OBJECT],
    [fullEvent, 'parameters.entity.user.id', NO_ID],
    [fullEvent, 'parameters.entity.user.organization_user_id', NO_ID],
  ]

  test.each(cases.map(([make, path, wrong]) => [path, make, wrong] as const))('R2: %s', (path, make, wrong) => {
    expect(read(make())).toMatchObject([{ kind: 'fact' }])
    for (const value of wrong) {
      const reading = read(withValue(make(), path, value))
      // R10: what cannot be read of the consents is set aside alone.
      const asExpected = path.includes('consents') ? setAside(path) : quarantined(path)
      expect(reading, JSON.stringify(value)).toEqual(asExpected)
    }
  })

  test.each([[5], [{}], [['a', 5.5, true]]])('R2: a value of API v2 that is %j', value => {
    const [held, plain] = [{ value }, value].map(topics => read(withValue(full(), `${purpose}.values`, { topics })))
    const path = `${purpose}.values[0].value${Array.isArray(value) ? '[2]' : ''}`
    expect(held).toEqual(setAside(path))
    if (typeof value === 'number') expect(plain).toEqual(setAside(path))
  })

  test.each([
    ['too long', 'x'.repeat(513)],
    ['with a NUL', 'a\u0000b'],
    ['with half a surrogate pair', 'half a \ud83d pair'],
    ['empty', ''],
  ])('R2: the name of a preference of API v2 that is %s', (_, name) => {
    const body = withValue(full(), `${purpose}.values`, { [name]: { value: 'sport' } })
    expect(read(body)).toEqual(setAside(`${purpose}.values[0]`))
  })

  test('R1: a wrong type in a field that no choice depends on costs no choice', () => {
    const plain = read(fullEvent())
    const said = (readings: Reading[]) =>
      readings.map(each => (each.kind === 'fact' ? each.fact.after.statements : each))
    const entity = 'parameters.entity'
    for (const field of ['user.country', 'user.metadata', 'user.last_seen_country', 'organization_id', 'version'])
      for (const value of [5, true, [], {}, null, [{}], 'x'])
        expect(said(read(withValue(fullEvent(), `${entity}.${field}`, value)))).toEqual(said(plain))
    for (const field of ['proofs_id', 'delegate', 'consents.tcfcs', 'consents.purposes[0].metadata'])
      for (const value of [5, true, [], {}, null])
        expect(read(withValue(fullEvent(), `${entity}.${field}`, value))).toEqual(plain)
  })
})
