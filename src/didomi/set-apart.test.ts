import { describe, expect, test } from 'vitest'
import { setApartIn } from './set-apart.ts'
import { type Fault } from './shape.ts'
import { faultIn, readWebhook } from './webhook.ts'

const RECEIVED = Date.parse('2024-05-02T10:00:00Z')

type Said = { readonly id?: string; readonly at?: string; readonly purposes?: Readonly<Record<string, boolean>> }

const event = ({ id = 'e1', at = '2024-05-02T09:00:00Z', purposes = { news: true } }: Said = {}) => ({
  type: 'event.created',
  parameters: {
    entity: {
      id,
      created_at: at,
      user: { id: 'u1', organization_user_id: 'ada@mail.test' },
      consents: { purposes: Object.entries(purposes).map(([purpose, enabled]) => ({ id: purpose, enabled })) },
    },
  },
})
const broken = { type: 'event.created', parameters: { entity: {} } }

const again = (body: unknown, faults: readonly Fault[]) => {
  const raw = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const { records, ...rest } = setApartIn(readWebhook(raw, RECEIVED), faults)
  return { ...rest, records: records.map(({ reading, partly }) => ({ kind: reading.kind, partly })) }
}
const at = (path: string): Fault => ({ path, why: 'could not be read once' })
const told = { kind: 'fact', partly: false }
const apart = { kind: 'quarantined', partly: false }

describe('what was set apart of a body, read again', () => {
  test.each<[string, unknown, Fault[], object]>([
    ['the only record', event(), [at('parameters.entity.x')], { records: [told], counted: 1 }],
    ['a record of a list', [broken, event(), broken], [at('[1].x')], { records: [told], counted: 1 }],
    [
      'some records of a list',
      [event(), broken, event()],
      [at('[0]'), at('[1].x')],
      { records: [told, apart], counted: 2 },
    ],
    ['a body that could not be taken apart', [event(), broken], [at('')], { records: [told, apart], counted: 1 }],
    ['a body that still cannot be', 'no json', [at('')], { records: [apart], counted: 1 }],
    ['the only record of a list, without its place', [event()], [at('parameters.x')], { records: [told], counted: 1 }],
  ])('%s', (_, body, faults, expected) => {
    expect(again(body, faults)).toEqual({ unplaced: [], ...expected })
  })

  test.each<[string, unknown, Fault]>([
    ['that is not there', [event()], at('[1].x')],
    ['that it does not name', [event(), event()], at('parameters.x')],
  ])('a fault of a record %s stays', (_, body, fault) => {
    expect(again(body, [fault])).toEqual({ records: [], counted: 0, unplaced: [fault] })
  })

  const mixed = event({ at: 'soon', purposes: { news: true, offers: false } })

  test('a record that was read in part is not counted in the quarantine', () => {
    const faults = readWebhook(Buffer.from(JSON.stringify([broken, mixed])), RECEIVED).flatMap(faultIn)
    expect(faults).toMatchObject([
      { path: '[0].parameters.entity.id' },
      { path: '[1].parameters.entity.created_at', partial: true },
    ])
    expect(again([broken, mixed], faults)).toEqual({
      records: [apart, { kind: 'fact', partly: true }],
      counted: 1,
      unplaced: [],
    })
  })

  test('nor is one whose fault does not say so, while it is still read in part for the same reason', () => {
    const why = 'has a time that is not RFC 3339 with a zone'
    expect(again(mixed, [{ path: 'parameters.entity.created_at', why }]).counted).toBe(0)
    expect(again(mixed, [at('parameters.entity.created_at')]).counted).toBe(1)
  })
})
