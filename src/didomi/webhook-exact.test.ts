import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { placeKey } from '../domain/choice.ts'
import { readWebhook, type NewFact } from './webhook.ts'

const RECEIVED = Date.parse('2024-05-02T10:00:00Z')

/** Every number in it is an id, but for the version and the two of metadata. */
const record = (number: string, family: 'event' | 'user' = 'event') => {
  const person = `"organization_user_id":${number},"metadata":{"score":${number},"list":[${number}]}`
  const consents = `"consents":{
    "purposes":[{"id":${number},"enabled":false,
      "preferences":[{"id":${number},"enabled":true,"channels":[{"id":${number},"enabled":true}]}],
      "values":{"topics":{"value":[${number}]}}}],
    "channels":[{"id":${number},"enabled":true}],
    "vendors":{"disabled":[${number}]}}`
  const stamp = `"id":${number},"version":7,"created_at":"2024-05-02T09:30:00.000Z","updated_at":"2024-05-02T09:30:00.000Z"`
  return family === 'user'
    ? `{"type":"user.updated","parameters":{"new_entity":{${stamp},${person},${consents}},"source":{"id":${number}}}}`
    : `{"type":"event.created","parameters":{"entity":{${stamp},"user":{"id":${number},${person}},${consents}}}}`
}

function toldIn(text: string): NewFact {
  const [reading] = readWebhook(Buffer.from(text), RECEIVED)
  return reading?.kind === 'fact' ? reading.fact : expect.fail(JSON.stringify(reading))
}

const NUMBERS = [
  ...['9007199254740993', '12345678901234567890', '-12345678901234567890', '123456789012345678901234567890'],
  ...['1.0', '1.50', '1e3', '1E+3', '-0', '1e400', '-1e-400', '0.30000000000000004', '1e21', '7'],
]

describe('R5a: a number is kept as it is written', () => {
  test.each(NUMBERS)('%s as any id, and as metadata', number => {
    const told = toldIn(record(number))
    expect(told).toMatchObject({ names: number, entityId: number, userId: number })
    const keys = told.after.statements.map(({ place }) => JSON.stringify(place))
    expect(keys.filter(key => key.includes(JSON.stringify(number)))).toHaveLength(keys.length)
    expect(told.after.statements).toContainEqual({
      place: { kind: 'preference', purpose: number, preference: 'topics' },
      answer: [number],
    })
    for (const path of [['organization_user_id'], ['metadata', 'score'], ['metadata', 'list']])
      expect(told.after.attributes).toContainEqual({ path, value: number })
  })

  test.each(NUMBERS)('%s is what the same text in a string is', number => {
    for (const family of ['event', 'user'] as const)
      expect(toldIn(record(number, family))).toEqual(toldIn(record(JSON.stringify(number), family)))
  })

  test('also where a body is flattened', () => {
    const flattened = `{"type":"event.created","parameters__entity__id":12345678901234567891,
      "parameters__entity__user__organization_user_id":12345678901234567890,
      "parameters__entity__created_at":"2024-05-02T09:30:00Z",
      "parameters__entity__consents__purposes__0__id":1.0,"parameters__entity__consents__purposes__0__enabled":false}`
    const told = toldIn(flattened)
    expect(told).toMatchObject({ entityId: '12345678901234567891', names: '12345678901234567890' })
    expect(told.after.statements.map(({ place }) => placeKey(place))).toEqual([
      placeKey({ kind: 'purpose', purpose: '1.0', legitimateInterest: false }),
    ])
  })

  test('of names given twice the last counts', () => {
    const twice = record('7').replace(
      '"organization_user_id":7',
      '"organization_user_id":1.0,"organization_user_id":2.0',
    )
    expect(toldIn(twice).names).toBe('2.0')
  })

  test.each<[string, number | undefined]>([
    ['7', 7],
    ['7.0', 7],
    ['7e0', 7],
    ['"7"', 7],
    ['9007199254740991', 9_007_199_254_740_991],
    ['9007199254740993', undefined],
    ['7.00000000000000000001', undefined],
    ['7.5', undefined],
    ['1e400', undefined],
    ['"seven"', undefined],
    ['null', undefined],
  ])('a version is a whole number in any spelling, or none: %s', (written, version) => {
    expect(toldIn(record('1', 'user').replace('"version":7', `"version":${written}`)).after.version).toBe(version)
  })

  test('one that is longer than any id is quarantined', () => {
    const [reading] = readWebhook(Buffer.from(record('1'.repeat(513))), RECEIVED)
    expect(reading).toMatchObject({ kind: 'quarantined', fault: { path: 'parameters.entity.id' } })
  })

  test('two that differ are never one person, nor one fact', () => {
    const whole = fc.stringMatching(/^-?[1-9][0-9]{0,29}$/)
    const near = fc
      .tuple(whole, fc.integer({ min: -2, max: 2 }))
      .map(([one, by]) => [one, String(BigInt(one) + BigInt(by))])
    fc.assert(
      fc.property(fc.oneof(fc.tuple(whole, whole), near), ([one = '', other = '']) => {
        const [a, b] = [toldIn(record(one)), toldIn(record(other))]
        expect(a.names === b.names).toBe(one === other)
        expect(a.key === b.key).toBe(one === other)
        expect([a.names, b.names]).toEqual([one, other])
      }),
    )
  })
})
