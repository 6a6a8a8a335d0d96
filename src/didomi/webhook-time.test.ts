import { describe, expect, test } from 'vitest'
import { DAY, MINUTE } from '../domain/instant.ts'
import { readWebhook, type Reading, type NewFact } from './webhook.ts'

const RECEIVED = Date.parse('2024-05-02T10:00:00Z')

const readOne = (body: unknown): Reading | undefined => readWebhook(Buffer.from(JSON.stringify(body)), RECEIVED)[0]

function told(body: unknown): NewFact {
  const reading = readOne(body)
  if (reading?.kind !== 'fact') throw new Error(JSON.stringify(reading))
  return reading.fact
}

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

describe('the time of a fact', () => {
  const iso = (time: number) => new Date(time).toISOString()

  test.each([
    ['an event speaks at its update', event({ updated_at: '2024-05-02T09:45:00+02:00' }), '2024-05-02T07:45:00Z'],
    ['or else at its creation', event({ updated_at: null }), '2024-05-02T09:30:00Z'],
    ['a user at its update', userUpdated({ updated_at: '2024-05-02T09:00:00Z' }), '2024-05-02T09:00:00Z'],
    [
      'or else at that of the event behind it, never at its own creation',
      userUpdated({ created_at: '2020-01-01T00:00:00Z' }, { source: { id: 'e', created_at: '2024-05-02T08:00:00Z' } }),
      '2024-05-02T08:00:00Z',
    ],
    ['ahead of our clock', event({ created_at: iso(RECEIVED + 2 * MINUTE) }), iso(RECEIVED + 2 * MINUTE)],
    ['far ahead: receipt + 5 minutes', event({ created_at: iso(RECEIVED + DAY) }), iso(RECEIVED + 5 * MINUTE)],
  ])('R10: %s', (_, body, time) => {
    expect(told(body).at).toBe(Date.parse(time))
  })

  test.each([
    ['missing', undefined],
    ['null', null],
    ['a number', 1_714_642_200_000],
    ['30 February', '2024-02-30T00:00:00Z'],
    ['without a zone', '2024-05-02T09:30:00'],
    ['no date', 'yesterday'],
    ['more than a day ahead', iso(RECEIVED + DAY + 1)],
  ])('R10: with a time that is %s a grant is quarantined and a withdrawal counts at receipt', (_, created_at) => {
    const fault = { path: 'parameters.entity.created_at' }
    expect(readOne(event({ created_at }))).toMatchObject({ kind: 'quarantined', fault })

    expect(readOne(event({ created_at, consents: NO }))).toMatchObject({ kind: 'fact', withheld: [] })
    const { attributes } = told(event({ consents: NO })).after
    expect(told(event({ created_at, consents: NO }))).toMatchObject({
      at: RECEIVED,
      datedBy: 'receipt',
      after: { attributes: attributes.filter(({ path }) => path[0] !== 'created_at') },
    })

    const both = event({ created_at, consents: { ...NO, channels: [{ id: 'sms', enabled: true }] } })
    expect(readOne(both)).toMatchObject({ kind: 'fact', withheld: [fault] })
    expect(told(both).after.statements).toEqual(told(event({ consents: NO })).after.statements)
  })

  test.each([
    [event({ updated_at: 'yesterday' }), 'parameters.entity.updated_at'],
    [userUpdated({ updated_at: 'yesterday' }), 'parameters.new_entity.updated_at'],
    [userUpdated({ created_at: '2024-05-02T08:00:00Z' }), 'parameters.new_entity.updated_at'],
    [userUpdated({}, { source: { id: 'e', created_at: 'yesterday' } }), 'parameters.source.created_at'],
  ])('R10: the fault names the very stamp that is wrong', (body, path) => {
    expect(readOne(body)).toMatchObject({ kind: 'quarantined', fault: { path } })
  })

  test('R10: no other time of a record runs ahead of the fact either', () => {
    const ahead = iso(RECEIVED + 400 * DAY)
    const fact = told(
      userUpdated({ created_at: ahead, updated_at: iso(RECEIVED) }, { source: { id: 'evt-1', created_at: ahead } }),
    )
    expect(fact.createdAt).toBeLessThanOrEqual(RECEIVED)
    expect(fact.cause?.at ?? 0).toBeLessThanOrEqual(RECEIVED)
  })
})
