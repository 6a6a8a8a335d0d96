import { afterEach, describe, expect, test } from 'vitest'
import { readWebhook, type Reading } from './webhook.ts'

const RECEIVED = Date.parse('2024-05-02T10:00:00Z')

const readBytes = (raw: Uint8Array): Reading[] => readWebhook(raw, RECEIVED)
const readText = (text: string): Reading[] => readBytes(Buffer.from(text))
const read = (body: unknown): Reading[] => readText(JSON.stringify(body))

const quarantined = (path: string) => [{ kind: 'quarantined', fault: { path, why: expect.any(String) as string } }]

afterEach(() => {
  const innocent: Record<string, unknown> = {}
  expect([innocent['polluted'], innocent['enabled'], innocent['value']]).toEqual([undefined, undefined, undefined])
  expect(Object.keys(Object.prototype)).toEqual([])
})

const event = (entity: object) => ({
  type: 'event.created',
  parameters: {
    entity: {
      id: 'evt-1',
      created_at: '2024-05-02T09:30:00Z',
      status: 'confirmed',
      user: { id: 'user-1', organization_user_id: 'ada@example.test' },
      consents: { purposes: [{ id: 'newsletter', enabled: true }] },
      ...entity,
    },
  },
})

describe('R2: bytes that are no body', () => {
  const plain = JSON.stringify(event({}))
  const utf16 = Buffer.from(plain, 'utf16le')
  test.each([
    ['nothing', Buffer.alloc(0)],
    ['white space', Buffer.from(' \n')],
    ['a truncated body', Buffer.from(plain.slice(0, -1))],
    ['text after the body', Buffer.from(`${plain}x`)],
    ['UTF-16 without a mark', utf16],
    ['UTF-16 with a mark', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])],
    ['invalid UTF-8', Buffer.concat([Buffer.from('{"type":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')])],
    ['half a surrogate pair in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['a NUL', Buffer.from('{"type":"a\u0000b"}')],
    ['NaN', Buffer.from('{"type":NaN}')],
    ['compressed', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0])],
  ])('%s', (_, raw) => {
    expect(readBytes(raw)).toEqual(quarantined(''))
  })

  test('a byte order mark is no fault', () => {
    expect(readText(`\ufeff${plain}`)).toEqual(readText(plain))
  })
  test('of names given twice the last counts, as in every JSON reader', () => {
    expect(readText(plain.replace('"status"', '"status":"x","status"'))).toEqual(readText(plain))
  })
  test.each(['1e400', '-1e400', '1e-400', '123456789012345678901234567890'])('the number %s in any place', number => {
    for (const [found] of plain.matchAll(/(?<=:)("[^"]*"|true)/g)) readText(plain.replace(found, number))
    expect(readText(plain.replace('"newsletter"', number))).toMatchObject([{ kind: 'fact' }])
  })
  test.each([null, true, 5, '"x"', '[null]', '[[]]'])('%s is no record', body => {
    const path = String(body).startsWith('[') ? '[0]' : ''
    expect(readText(String(body))).toEqual(quarantined(path))
  })
})

describe('R2: bodies of an odd size', () => {
  const DEEP = 200_000
  test.each(['[', '{"a":', '{"parameters":', '{"user":', '{"consents":', '{"metadata":'])(
    '%s, nested 200,000 times',
    open => {
      const close = open === '[' ? ']' : '}'
      expect(readText(open.repeat(DEEP) + '1' + close.repeat(DEEP))).toMatchObject([{ kind: 'quarantined' }])

      const inside = `${open.repeat(DEEP)}1${close.repeat(DEEP)}`
      const fault = { path: 'parameters', why: 'nests deeper than 32 levels' }
      const bodyOf = (entity: object) =>
        readText(JSON.stringify(event({ ...entity, metadata: 'HERE' })).replace('"HERE"', inside))
      expect(bodyOf({})).toEqual([{ kind: 'quarantined', fault }])
      expect(bodyOf({ consents: { purposes: [{ id: 'a', enabled: false }] } })).toMatchObject([
        { kind: 'fact', fact: { after: { statements: [{ answer: false }] } }, withheld: [fault] },
      ])
    },
  )

  test('a path of 100,000 steps', () => {
    for (const step of ['__a', '__user', '__values__a']) {
      const path = `parameters__entity__consents${step.repeat(100_000)}`
      expect(read({ ...event({}), [path]: true, [`${path}__value`]: true })).toMatchObject(quarantined('parameters'))
    }
    for (const step of ['__metadata__a', '____']) {
      const path = `parameters__entity__consents${step.repeat(100_000)}`
      expect(read({ ...event({}), [path]: true, [`${path}__value`]: true })).toMatchObject([{ kind: 'fact' }])
    }
  })

  test('10,000 purposes in 1 MiB: what is denied counts', () => {
    const purposes = Array.from({ length: 10_000 }, (_, n) => ({
      id: `purpose-${n}`,
      enabled: n % 2 === 0,
      note: 'x'.repeat(50),
    }))
    const [plain] = read(event({ consents: { purposes } }))
    expect(plain).toMatchObject({ kind: 'fact', withheld: [{ path: 'parameters.entity.consents' }] })
    const statements = plain?.kind === 'fact' ? plain.fact.after.statements : []
    expect(statements).toHaveLength(5_000)
    expect(statements.filter(({ answer }) => answer !== false)).toEqual([])
    const flat = Object.fromEntries(
      purposes.flatMap(({ id, enabled }, n): [string, unknown][] => [
        [`consents__purposes__${n}__id`, id],
        [`consents__purposes__${n}__enabled`, enabled],
      ]),
    )
    const [flattened] = read(event({ consents: undefined, ...flat }))
    expect(flattened).toMatchObject({ kind: 'fact', fact: { after: { statements: expect.anything() as object } } })
  })

  test.each([
    ['a text', { metadata: 'x'.repeat(2 ** 20) }],
    ['a metadata value', { user: { organization_user_id: 'a', metadata: { note: 'x'.repeat(2 ** 20) } } }],
    [
      '30,000 names',
      { user: { metadata: Object.fromEntries(Array.from({ length: 30_000 }, (_, n) => [`k${n}`, 1])) } },
    ],
    [
      '100,000 picked values',
      { consents: { purposes: [{ id: 'a', values: { b: { value: 'x,y,'.repeat(100_000) } } }] } },
    ],
    ['70,000 vendors', { consents: { vendors: { disabled: Array.from({ length: 70_000 }, (_, n) => `v${n}`) } } }],
  ])('1 MiB of %s', (_, entity) => {
    expect(read(event(entity))).toMatchObject([{ kind: 'fact' }])
  })

  test('1 MiB of records that are none', () => {
    expect(readText(`[${'{},'.repeat(300_000)}{}]`)).toEqual(quarantined(''))
    expect(readText(`[${'{},'.repeat(2_000)}{}]`)).toHaveLength(2_001)
  })
})

describe('R2: names that objects have of themselves', () => {
  const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', '__defineGetter__']
  const PAYLOAD = '{"polluted":true,"enabled":true,"value":"polluted"}'

  test.each(NAMES)('%s is an id like any other', name => {
    const plain = readText(
      JSON.stringify(event({ user: { organization_user_id: name } }))
        .replace('"newsletter"', `"${name}"`)
        .replace('"enabled":true', `"enabled":true,"values":{"${name}":{"value":"sport"}}`),
    )
    expect(plain).toMatchObject([{ kind: 'fact', fact: { names: name } }])
    const places = plain[0]?.kind === 'fact' ? plain[0].fact.after.statements.map(({ place }) => place) : []
    expect(places).toEqual([
      { kind: 'preference', purpose: name, preference: name },
      { kind: 'purpose', purpose: name, legitimateInterest: false },
    ])
  })

  test.each(NAMES)('%s pollutes nothing, whatever it is the name of', name => {
    const entity = '"id":"e","created_at":"2024-05-02T09:30:00Z"'
    const bodies = [
      `{"type":"event.created","${name}":${PAYLOAD},"parameters":{"entity":{${entity}}}}`,
      `{"type":"event.created","parameters":{"${name}":${PAYLOAD},"entity":{${entity},"${name}":${PAYLOAD}}}}`,
      ...[
        'user',
        'metadata',
        'consents',
        'user__metadata',
        'consents__purposes',
        'consents__purposes__0__values',
      ].flatMap(path => [
        `{"type":"event.created","parameters":{"entity":{${entity},"${path}":{"${name}":${PAYLOAD}}}}}`,
        `{"type":"event.created","parameters":{"entity":{${entity},"${path}":{},"${path}__${name}":${PAYLOAD}}}}`,
        `{"type":"event.created","parameters":{"entity":{${entity},"${path}":{},"${path}__${name}__value":"polluted"}}}`,
        `{"type":"event.created","${name}__polluted":true,"parameters__entity__${path}__${name}__polluted":true}`,
        `{"type":"event.created","parameters__${name}__polluted":true,"parameters__entity":{${entity}}}`,
      ]),
    ]
    for (const body of bodies) {
      readText(body)
      expect(Object.keys(Object.prototype), body).toEqual([])
    }
  })

  test('not even a regulation or a type is looked up in them', () => {
    for (const name of NAMES) {
      expect(read({ ...event({}), regulation: name })).toMatchObject([{ fact: { regulation: name.toLowerCase() } }])
      expect(read({ ...event({}), type: name })).toMatchObject([{ kind: 'ignored' }])
    }
  })
})
