import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { recordOf } from './naming.ts'
import { withoutRecords, type Cut } from './records.ts'
import { faultIn, readWebhook, type Reading } from './webhook.ts'

const RECEIVED = Date.parse('2024-05-02T10:00:00Z')
const ADA = 'ada@mail.test'

type Said = { readonly id?: string; readonly at?: string; readonly type?: string; readonly more?: object }

const event = (
  who: string | number,
  { id = 'e1', at = '2024-05-02T09:30:00Z', type = 'event.created', more }: Said = {},
) =>
  JSON.stringify({
    type,
    parameters: {
      entity: {
        id,
        created_at: at,
        user: { id: 'u1', organization_user_id: who, ...more },
        consents: { purposes: [{ id: 'a', enabled: true }] },
      },
    },
  })

function cut(
  text: string | Uint8Array,
  person = ADA,
  keys: readonly string[] = [],
): (Omit<Cut, 'raw'> & { text: string }) | undefined {
  const raw = Buffer.from(text)
  const faults = readWebhook(raw, RECEIVED).flatMap(faultIn)
  const found = withoutRecords({ raw, receivedAt: RECEIVED, faults }, recordOf(person, new Set(keys)))
  return found && { ...found, text: Buffer.from(found.raw).toString('utf8') }
}

const goes = (text: string, person = ADA): boolean => cut(text, person)?.text === ''

describe('a body without a person', () => {
  const other = event('bob@mail.test')

  test('keeps every byte of the others, in a list', () => {
    const kept = [' {"type": "x", "text": "],[\\"{" }\n', other, '\t1e400', ' "half \\ud800"']
    const [first, ...rest] = kept
    const body = `\ufeff \n[${first},${event(ADA)},${event('ADA@mail.test ')} ,${rest.join(',')}]  `
    expect(cut(body)?.text).toBe(`[${kept.join(',')}]`)
    expect(cut(body)?.removed).toMatchObject([{ reading: { kind: 'fact' } }, { reading: { kind: 'fact' } }])
  })

  /** In a list, a fault says of which record it is. */
  const placedAt =
    (place: number) =>
    (reading: Reading): Reading =>
      reading.kind === 'quarantined'
        ? { ...reading, fault: { ...reading.fault, path: `[${place}].${reading.fault.path}` } }
        : reading

  test('says the same of the others, whoever is in it and in whatever order', () => {
    const someone = fc.constantFrom(ADA, 'Ada@MAIL.test', 'bob@mail.test', 'lada@mail.test', 'x')
    const flat = (who: string) =>
      `{"type":"event.created","parameters__entity__id":"a__b","parameters__entity__created_at":"2024-05-02T09:30:00Z","parameters__entity__user__organization_user_id":"${who}"}`
    const shape = fc.constantFrom(
      flat,
      (who: string) => event(who),
      (who: string) => event(who, { type: 'other' }),
      (who: string) => event(who, { at: 'soon' }),
    )
    const record = fc.record({ who: someone, shape }).map(each => ({ who: each.who, text: each.shape(each.who) }))
    fc.assert(
      fc.property(fc.array(record, { maxLength: 6 }), records => {
        const left = records.filter(({ who }) => who.toLowerCase() !== ADA).map(({ text }) => text)
        const found = cut(`[${records.map(({ text }) => text).join(', ')}]`)
        expect(found === undefined).toBe(left.length === records.length)
        if (!found) return
        const read = found.text === '' ? [] : readWebhook(Buffer.from(found.text), RECEIVED)
        expect(read).toEqual(
          left.flatMap((text, place) => readWebhook(Buffer.from(text), RECEIVED).map(placedAt(place))),
        )
        expect(found.faults).toHaveLength(read.filter(({ kind }) => kind === 'quarantined').length)
        expect(found.removed).toHaveLength(records.length - left.length)
      }),
    )
  })

  test('is as it was when none of it is theirs', () => {
    for (const text of [
      other,
      `[${other}]`,
      '[]',
      '',
      'null',
      '"',
      `[${'1,'.repeat(10_000)}1]`,
      `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    ])
      expect(cut(text)).toBeUndefined()
  })

  test('is empty when it held nobody else', () => {
    for (const text of [event(ADA), `[${event(ADA)}]`, `[${event(ADA)}, ${event(' ADA@mail.test')}]`])
      expect(cut(text)).toMatchObject({ text: '', faults: [] })
  })
})

describe('whose a record is', () => {
  test('one that was read says so, or is known by its key', () => {
    const deletion = '{"type":"event.deleted","parameters":{"entity":{"id":"e1"}}}'
    const [reading] = readWebhook(Buffer.from(deletion), RECEIVED)
    const key = reading?.kind === 'fact' ? reading.fact.key : ''
    expect(cut(deletion)).toBeUndefined()
    expect(cut(deletion, ADA, [key])?.text).toBe('')
    expect(goes(event('bob@mail.test', { more: { metadata: { friend: ADA } } }))).toBe(false)
    expect(goes(event(12), '12')).toBe(true)
  })

  test.each([
    ['one of another type', event(ADA.toUpperCase(), { type: 'consent.proof' }), true],
    ['one without a time', event(ADA, { at: 'soon' }), true],
    ['an escaped spelling', event(ADA, { type: 'x' }).replace('ada', '\\u0041da'), true],
    ['flattened', '{"type":"x","user__organization_user_id":"Ada@mail.test"}', true],
    ["another's, who mentions them", event('bob@mail.test', { type: 'x', more: { friend: ADA } }), false],
    ['one with a list for an id', '{"type":"x","organization_user_id":["ada@mail.test"]}', true],
    ['an address in a text', '{"type":"x","to":"Ada <ADA@mail.test>."}', true],
    ['an address as a key', '{"type":"x","ada@mail.test":1}', true],
    [
      'a part of another address',
      '{"type":"x","to":"lada@mail.test, ada@mail.test.example, x.ada@mail.test, ada@mail.tester"}',
      false,
    ],
    ['no JSON at all', '{"type":"x","organization_user_id":"ada@mail.test', true],
    ['no UTF-8', '\ufffd ada@mail.test', true],
    ['somebody else in no JSON', '{"organization_user_id":"lada@mail.test', false],
  ])('%s', (_, text, isTheirs) => {
    expect(goes(text)).toBe(isTheirs)
  })

  test.each([
    ['in another case', '{"type":"x","organization_user_id":"Ada@BÜCHER.test"}', true],
    ['with its marks apart', '{"type":"x","organization_user_id":"ada@bu\u0308cher.test"}', true],
    ['with invisible characters around it', '{"type":"x","user_id":"\u200bada@bücher.test\ufeff"}', true],
    ['in a text', '{"type":"x","to":"Ada <ADA@BU\u0308CHER.TEST>, bob@mail.test"}', true],
    ['in no JSON', 'ada@BÜCHER.test', true],
    ['as a part of another', '{"type":"x","to":"lada@bücher.test, ada@bücher.tester, ada@bücher.test.example"}', false],
    ['on another domain', '{"type":"x","to":"ada@bucher.test, ada@bücher"}', false],
  ])('R16a: an address is found %s', (_, text, isTheirs) => {
    expect(goes(text, 'ada@bücher.test')).toBe(isTheirs)
  })

  test('an id that is no address may be as short as a word, and counts only alone', () => {
    expect(goes('{"type":"x","organization_user_id":12}', '12')).toBe(true)
    expect(goes('{"type":"x","organization_user_id":12345678901234567890}', '12345678901234567890')).toBe(true)
    expect(goes('{"type":"x","organization_user_id":12345678901234567891}', '12345678901234567890')).toBe(false)
    expect(goes('{"type":"x","version":12,"text":"12 pieces"}', '12')).toBe(false)
    expect(goes('{"type":"x","places":["a","b"]}', '1')).toBe(false)
    expect(goes('{"type":"x","customer":"Kb-12"}', 'Kb-12')).toBe(true)
    expect(goes('{"type":"x","customer":"kb-12"}', 'Kb-12')).toBe(false)
    expect(goes('{"customer":"Kb-12",', 'Kb-12')).toBe(true)
    expect(goes('{"customer":"Kb-123",', 'Kb-12')).toBe(false)
  })

  test('a list of more than can be read is one record', () => {
    const many = `[${'1,'.repeat(10_000)}${event(ADA)}]`
    expect(cut(many)).toMatchObject({ text: '', removed: [{ reading: { kind: 'quarantined' }, setApart: true }] })
  })
})
