import { describe, expect, test } from 'vitest'
import { describe as inWords } from '../domain/paths.ts'
import { MINUTE } from '../domain/instant.ts'
import { readWebhook, type Reading, type NewFact } from './webhook.ts'

const RECEIVED = Date.parse('2024-05-02T10:00:00Z')
const STAMP = '2024-05-02T09:30:00Z'

const readOne = (body: unknown): Reading | undefined => readWebhook(Buffer.from(JSON.stringify(body)), RECEIVED)[0]

function told(body: unknown): NewFact {
  const reading = readOne(body)
  if (reading?.kind !== 'fact') throw new Error(JSON.stringify(reading))
  return reading.fact
}

type Sides = { readonly old?: unknown; readonly now: unknown; readonly more?: object; readonly oldMore?: object }

/** A user's update from these consents to those. */
const update = ({ old, now, more = { updated_at: STAMP }, oldMore = {} }: Sides) => ({
  type: 'user.updated',
  parameters: {
    old_entity: { id: 'u', organization_user_id: 'ada@example.test', consents: old, ...oldMore },
    new_entity: { id: 'u', organization_user_id: 'ada@example.test', consents: now, ...more },
  },
})

const blanksIn = (body: unknown) => told(body).after.blanks.map(({ place, why }) => `${inWords(place)}: ${why}`)

describe('R6: places where a record shows that no choice is made', () => {
  const yes = (id: string, more: object = {}) => ({ id, enabled: true, ...more })
  const channels = (...ids: readonly string[]) => ids.map(id => ({ id, enabled: true }))
  const values = (...ids: readonly string[]) => Object.fromEntries(ids.map(id => [id, { value: 'x' }]))
  const inA = (more: object) => ({ purposes: [yes('a', more)] })

  test.each<[what: string, sides: Sides, blanks: readonly string[]]>([
    ['a purpose as null', { now: { purposes: [{ id: 'a', enabled: null }] } }, ['purpose "a": null']],
    [
      'a value as null',
      { now: { purposes: [{ id: 'a', values: { x: { value: null }, y: null } }] } },
      ['purpose "a" › preference "x": null', 'purpose "a" › preference "y": null'],
    ],
    [
      'a purpose that is listed no more',
      { old: { purposes: [yes('a'), yes('b')] }, now: { purposes: [yes('b')] } },
      ['purpose "a": gone'],
    ],
    [
      'everything within it',
      { old: inA({ preferences: [yes('x', { channels: channels('sms') })] }), now: { purposes: [] } },
      ['purpose "a" › preference "x" › channel "sms": gone', 'purpose "a" › preference "x": gone', 'purpose "a": gone'],
    ],
    [
      'a preference that is listed no more',
      { old: inA({ preferences: [yes('x'), yes('y')] }), now: inA({ preferences: [yes('y')] }) },
      ['purpose "a" › preference "x": gone'],
    ],
    [
      'a value that is listed no more',
      { old: inA({ values: values('x', 'y') }), now: inA({ values: values('y') }) },
      ['purpose "a" › preference "x": gone'],
    ],
    [
      'a channel that is listed no more',
      {
        old: inA({ preferences: [{ id: 'x', channels: channels('sms', 'email') }] }),
        now: inA({ preferences: [{ id: 'x', channels: channels('email') }] }),
      },
      ['purpose "a" › preference "x" › channel "sms": gone'],
    ],
  ])('%s', (_, sides, blanks) => {
    expect(blanksIn(update(sides))).toEqual(blanks)
  })

  test.each<[what: string, sides: Sides]>([
    ['no list of purposes', { old: { purposes: [yes('a')] }, now: { channels: [] } }],
    ['no consents', { old: { purposes: [yes('a')] }, now: undefined }],
    ['consents that are null', { old: { purposes: [yes('a')] }, now: null }],
    ['no state before', { old: undefined, now: { purposes: [] } }],
    ['a purpose without preferences', { old: inA({ preferences: [yes('x')] }), now: inA({}) }],
    ['preferences as values', { old: inA({ preferences: [yes('x')] }), now: inA({ values: values('y') }) }],
    ['another purpose', { old: inA({ preferences: [yes('x')] }), now: inA({ preferences: [yes('x'), yes('y')] }) }],
    ['an item that is there without an answer', { old: { purposes: [yes('a')] }, now: { purposes: [{ id: 'a' }] } }],
    ['a list of which something cannot be read', { old: { purposes: [yes('a')] }, now: { purposes: [{ id: true }] } }],
    ['no list of vendors', { old: { vendors: { enabled: ['v'] } }, now: { vendors: { enabled: [] } } }],
  ])('an entity with %s denies nobody by its shape', (_, sides) => {
    expect(blanksIn(update(sides))).toEqual([])
  })

  test('a place that is stated in another shape is none', () => {
    const now = inA({ preferences: [{ id: 'x', enabled: null }], values: { x: { value: 'y' } } })
    expect(blanksIn(update({ now }))).toEqual([])
  })

  test('R8: attributes that the state before held are lost', () => {
    const sides = { now: {}, oldMore: { metadata: { email: 'a@b.test', plan: { name: 'x' } }, country: 'FR' } }
    const { lostAttributes } = told(update({ ...sides, more: { updated_at: STAMP, metadata: { plan: {} } } })).after
    expect(lostAttributes).toEqual([['country'], ['metadata', 'email'], ['metadata', 'plan', 'name']])
  })
})

describe('R5b: whom a record names', () => {
  const ids = (now: string | undefined, old: string | undefined) =>
    told({
      type: 'user.updated',
      parameters: {
        old_entity: { id: 'u', organization_user_id: old },
        new_entity: { id: 'u', organization_user_id: now, updated_at: STAMP },
      },
    }).names

  test('is whom its new state writes, else whom its old one does', () => {
    expect(ids('new@mail.test', 'old@mail.test')).toBe('new@mail.test')
    expect(ids(undefined, 'old@mail.test')).toBe('old@mail.test')
    expect(ids(undefined, undefined)).toBeUndefined()
  })
})

describe('R10: a record without a usable time', () => {
  const NO = { purposes: [{ id: 'a', enabled: false }] }
  const YES = { purposes: [{ id: 'a', enabled: true }] }
  const list = (value: string) => ({ purposes: [{ id: 'a', values: { x: { value } } }] })
  const undated = (sides: Sides, more: object = {}) =>
    readOne(update({ ...sides, more: { updated_at: 'soon', ...more } }))

  test('of a user takes that of its source, whatever its own stamp says', () => {
    const body = update({ now: YES, more: { updated_at: 'soon' } })
    const parameters = { ...body.parameters, source: { id: 'e', created_at: STAMP } }
    expect(told({ ...body, parameters })).toMatchObject({ at: Date.parse(STAMP), datedBy: 'stamp' })
  })

  test('of a user with a version has its place by that', () => {
    expect(undated({ now: YES }, { version: 4 })).toMatchObject({
      kind: 'fact',
      fact: { datedBy: 'version', after: { statements: [{ answer: true }] } },
      withheld: [],
    })
  })

  test('of a user without either says what it changed and takes back, at receipt', () => {
    expect(undated({ old: YES, now: NO })).toMatchObject({
      fact: { at: RECEIVED, datedBy: 'receipt', after: { statements: [{ answer: false }] } },
      withheld: [],
    })
    expect(undated({ old: NO, now: NO })).toMatchObject({ fact: { after: { statements: [] } }, withheld: [] })
    expect(undated({ old: NO, now: YES })).toMatchObject({ kind: 'quarantined' })
    expect(undated({ old: list('art,sport'), now: list('sport') })).toMatchObject({
      fact: { after: { statements: [{ answer: ['sport'], takesOnly: true }] } },
      withheld: [{ path: 'parameters.new_entity.updated_at' }],
    })
    expect(undated({ old: list('sport'), now: list('art,sport') })).toMatchObject({ kind: 'quarantined' })
  })

  test('of an event says what a list no longer holds, at receipt, and what it grants is set apart', () => {
    const entity = { id: 'e', user: { id: 'u' }, created_at: 'soon', consents: list('sport') }
    expect(readOne({ type: 'event.created', parameters: { entity } })).toMatchObject({
      fact: { at: RECEIVED, after: { statements: [{ answer: ['sport'], takesOnly: true }] } },
      withheld: [{ path: 'parameters.entity.created_at' }],
    })
  })

  test('keeps the time that it states beside the one that counts', () => {
    const ahead = RECEIVED + 9 * MINUTE
    const fact = told(update({ now: YES, more: { updated_at: new Date(ahead).toISOString() } }))
    expect([fact.at, fact.statedAt]).toEqual([RECEIVED + 5 * MINUTE, ahead])
  })
})

describe('R10: one value that cannot be read', () => {
  test('is set aside, and the denials beside it count', () => {
    const purposes = [{ id: 'a', enabled: 'perhaps' }, { id: 'b', enabled: false }, { enabled: true }, 5]
    expect(readOne(update({ now: { purposes } }))).toMatchObject({
      fact: { after: { statements: [{ place: { purpose: 'b' }, answer: false }] } },
      withheld: [
        { path: 'parameters.new_entity.consents.purposes[0].enabled' },
        { path: 'parameters.new_entity.consents.purposes[2].id' },
        { path: 'parameters.new_entity.consents.purposes[3]' },
      ],
    })
  })
})
