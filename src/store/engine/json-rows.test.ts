import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../../test/databases.ts'
import { type Database } from './database.ts'
import { BYTES, bytesIn, joinBytes, jsonRows, storable } from './json-rows.ts'

describe.each(databases)('rows from JSON on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await open()
  })
  afterAll(() => db.close())

  const read = (rows: readonly object[]) =>
    db.query(`select r.t, r.n from ${jsonRows(db.dialect, '$1', { t: 'text', n: 'bigint' })}`, [JSON.stringify(rows)])

  test('are the rows that went in, in their order', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }).filter(value => !value.includes('\0')),
      fc.constantFrom('123', 'true', 'null', '{"a":1}', '[]', ' ', '', "'", '"', '\\', '\\u0000', '$1', '\u0001\n'),
    )
    const row = fc.record({ t: fc.option(text), n: fc.option(fc.maxSafeInteger()) })
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 5 }), async rows => {
        expect(await read(rows)).toEqual(rows)
      }),
      { numRuns: 60 },
    )
  })

  test('what a row leaves out is null, and what no column asks for is left out', async () => {
    expect(await read([{ n: 1 }, { t: 'a', more: 'x' }])).toEqual([
      { t: null, n: 1 },
      { t: 'a', n: null },
    ])
  })

  test('ten thousand cost one statement', async () => {
    expect(await read(Array.from({ length: 10_000 }, (_, n) => ({ t: `row ${n}`, n })))).toHaveLength(10_000)
  })

  test('bytes travel beside it, and each row finds its own', async () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(pieces, async given => {
        const { bytes, places } = joinBytes(given)
        const from = jsonRows(db.dialect, '$1', BYTES)
        const text = `select ${bytesIn(db.dialect, '$2')} as raw from ${from} order by r.start, r.length`
        const back = await db.query(text, [JSON.stringify(places), bytes])
        expect(back.map(({ raw }) => raw)).toEqual(given)
      }),
      {
        numRuns: 60,
        examples: [[[]], [[new Uint8Array()]], [[new Uint8Array(), new Uint8Array([0]), new Uint8Array()]]],
      },
    )
  })

  // As the driver does with a parameter of its own: SQLite would cut the text there, and one person become another.
  test.each([
    ['a NUL', 'a\0b'],
    ['half a surrogate pair', 'a\ud800b'],
    ['the other half', '\udc00'],
    ['a NUL behind what looks like one', '\\u0000\0'],
  ])('text with %s is refused, alike on both', async (_, t) => {
    await expect(read([{ t }])).rejects.toThrow('$1 is text with a NUL or half a surrogate pair')
  })

  test.each(['a\0b', 'a\ud800b', '\udc00', '😀'.slice(1), '\0\0', 'plain', '😀', '\\u0000\\ud800'])(
    'what is made storable comes back as it then is: %j',
    async text => {
      const made = storable(text)
      expect(await read([{ t: made }])).toEqual([{ t: made, n: null }])
      expect(await db.query('select $1 as t', [made])).toEqual([{ t: made }])
    },
  )
})

describe('storable text', () => {
  test('differs from what was given only where it could not be stored', () => {
    expect(storable('a\0b \ud83d c \ude00 😀 é')).toBe('a\ufffdb \ufffd c \ufffd 😀 é')
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).filter(text => !text.includes('\0')),
        text => storable(text) === text,
      ),
    )
  })

  test('is well formed and has no NUL, whatever was given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(() => encodeURIComponent(storable(text))).not.toThrow()
        expect(storable(text)).not.toContain('\0')
      }),
    )
  })
})
