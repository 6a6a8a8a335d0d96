import { inspect } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { databases } from '../../../test/databases.ts'
import { type Database, type Param, type Row, type Sql } from './database.ts'
import { storeFailure, StoreError } from './errors.ts'

describe.each(databases)('a database on $name', ({ name, open }) => {
  let db: Database
  beforeAll(async () => {
    db = await open()
    const bytes = name === 'sqlite' ? 'blob' : 'bytea'
    await db.query(`create table thing (id text primary key, size bigint, weight double precision, raw ${bytes})`)
  })
  beforeEach(async () => {
    await db.query('delete from thing')
  })
  afterAll(() => db.close())

  const add = (id: string, size: number | null = null) =>
    db.query('insert into thing (id, size) values ($1, $2)', [id, size])
  const ids = async () => (await db.query('select id from thing order by id')).map(row => row.id)
  const failing = (text: string, params: readonly Param[] = []): Promise<unknown> =>
    db.query(text, params).then(
      rows => expect.fail(`expected an error, got ${JSON.stringify(rows)}`),
      (error: unknown) => error,
    )

  describe('values', () => {
    const roundTrip = async (row: Row): Promise<Row | undefined> => {
      const { id = '', size = null, weight = null, raw = null } = row
      const [back] = await db.query(
        `insert into thing (id, size, weight, raw) values ($1, $2, $3, $4)
           on conflict (id) do update set size = excluded.size, weight = excluded.weight, raw = excluded.raw
           returning *`,
        [id, size, weight, raw],
      )
      const [stored] = await db.query('select * from thing where id = $1', [id])
      expect(stored).toEqual(back)
      return stored
    }
    const text = fc.string({ unit: 'grapheme' }).filter(value => !value.includes('\0'))
    // The binding for Node before 24 takes a fraction smaller than 2^-52 for no fraction.
    const row = fc.record({
      id: text,
      size: fc.option(fc.maxSafeInteger()),
      weight: fc.option(
        fc
          .double({ noNaN: true, noDefaultInfinity: true })
          .filter(value => Math.abs(value) > 1e-9 && !Number.isInteger(value)),
      ),
      raw: fc.option(fc.uint8Array({ maxLength: 100 })),
    })

    test('come back as they went in', async () => {
      await fc.assert(
        fc.asyncProperty(row, async given => {
          expect(await roundTrip(given)).toEqual(given)
        }),
        { numRuns: 50 },
      )
    })

    test.each<[string, Row]>([
      ['empty text and empty bytes', { id: '', size: 0, weight: 0, raw: new Uint8Array(0) }],
      ['the largest integers', { id: 'max', size: Number.MAX_SAFE_INTEGER, weight: 1.5, raw: null }],
      ['the smallest integers', { id: 'min', size: Number.MIN_SAFE_INTEGER, weight: -0.5, raw: null }],
      ['text of every plane, with quotes', { id: `é 漢 😀 ' " \\ $1 ; --`, size: null, weight: null, raw: null }],
    ])('%s come back as they went in', async (_, given) => {
      expect(await roundTrip(given)).toEqual(given)
    })

    test('bytes come back as a plain Uint8Array, and a view sends only its own', async () => {
      const [back] = await db.query('insert into thing (id, raw) values ($1, $2) returning raw', [
        'a',
        Buffer.from('é'),
      ])
      expect(back?.raw?.constructor).toBe(Uint8Array)
      expect(back?.raw).toEqual(new Uint8Array([0xc3, 0xa9]))
    })

    test('half a surrogate pair becomes the replacement character', async () => {
      await add('a\ud800b')
      expect(await ids()).toEqual(['a\ufffdb'])
    })

    test.each<[string, Param]>([
      ['text with a NUL', 'a\0b'],
      ['not a finite number', NaN],
      ['not a finite number', Infinity],
      ['an integer beyond 2^53', 2 ** 53],
    ])('%s is refused', async (reason, value) => {
      expect(await failing('select $1', [value])).toMatchObject({ message: `select $1: $1 is ${reason}` })
    })

    test('a stored integer beyond 2^53 is an error, not a wrong number', async () => {
      await db.query(`insert into thing (id, size) values ('a', 9007199254740993)`)
      expect(storeFailure(await failing('select size from thing'))).toBeUndefined()
    })

    test('integers are integers in arithmetic', async () => {
      await add('a', 5)
      expect(await db.query('select size / $1 as half from thing', [2])).toEqual([{ half: 2 }])
    })

    test('counts, sums and truths are numbers', async () => {
      await add('a', 2)
      await add('b', 3)
      const text =
        'select count(*) as n, sum(size) as total, max(size) > 2 as big, exists (select 1) as there from thing'
      expect(await db.query(text)).toEqual([{ n: 2, total: 5, big: 1, there: 1 }])
    })
  })

  describe('statements', () => {
    test('may use a parameter twice and have one’s look-alike in a literal', async () => {
      await add('a', 7)
      const text = `select '$2' as literal, id as "$3" from thing where size = $1 or size = $1 + 1 /* $4 */ -- $5`
      expect(await db.query(text, [7])).toEqual([{ literal: '$2', $3: 'a' }])
    })

    test('need exactly their parameters', async () => {
      expect(await failing('select id from thing where id = $1 or id = $2', ['a'])).toBeInstanceOf(Error)
      expect(await failing('select id from thing where id = $1', ['a', 'b'])).toBeInstanceOf(Error)
    })

    test('come one at a time', async () => {
      await failing(`insert into thing (id) values ('a'); insert into thing (id) values ('b')`)
      expect(await ids()).toEqual([])
    })

    test('return what was written, and nothing where a conflict was skipped', async () => {
      const text = 'insert into thing (id) values ($1) on conflict do nothing returning id'
      expect(await db.query(text, ['a'])).toEqual([{ id: 'a' }])
      expect(await db.query(text, ['a'])).toEqual([])
      expect(await db.query('delete from thing')).toEqual([])
    })

    test('see the columns of today', async () => {
      await db.query('create table changing (a text)')
      await db.query(`insert into changing values ('x')`)
      expect(await db.query('select * from changing')).toEqual([{ a: 'x' }])
      await db.query(`alter table changing add column b bigint`)
      expect(await db.query('select * from changing')).toEqual([{ a: 'x', b: null }])
    })
  })

  describe('errors', () => {
    test('name the statement and keep the cause, but not the parameters', async () => {
      await add('ada@example.test')
      const text = `insert into thing\n   (id, size, weight) values ($1, $2, $3) -- ${'long '.repeat(20)}`
      const error = await failing(text, ['ada@example.test', 1, 1.5])
      expect(error).toBeInstanceOf(StoreError)
      const { message, cause } = error as StoreError
      expect(message).toContain('insert into thing (id, size, weight) values ($1, $2, $3) -- long long long long : ')
      expect(cause).toBeInstanceOf(Error)
      expect(inspect(error)).not.toContain('ada@example.test')
    })

    test.each(['', ' returning id'])('a taken key is a conflict%s', async returning => {
      await add('a')
      const error = await failing(`insert into thing (id) values ($1)${returning}`, ['a'])
      expect(storeFailure(error)).toBe('conflict')
    })

    test('a mistake in the text is neither conflict nor bad luck', async () => {
      expect(storeFailure(await failing('selec'))).toBeUndefined()
      expect(storeFailure(new Error('something else'))).toBeUndefined()
    })
  })

  describe('transactions', () => {
    test('keep all or nothing', async () => {
      await db.transaction(async tx => {
        await tx.query(`insert into thing (id) values ('a')`)
        await tx.query(`insert into thing (id) values ('b')`)
      })
      const stopped = db.transaction(async tx => {
        await tx.query(`insert into thing (id) values ('c')`)
        throw new Error('stop')
      })
      await expect(stopped).rejects.toThrow('stop')
      expect(await ids()).toEqual(['a', 'b'])
    })

    test('may be empty, and hand back what the work returns', async () => {
      expect(await db.transaction(() => Promise.resolve('nothing done'))).toBe('nothing done')
    })

    test.each<[string, Param]>([
      ['nonsense', 1],
      ['select $1', 'refused\0'],
    ])('are doomed by a failed statement, even when the work swallows it: %s', async (text, param) => {
      const swallowed = db.transaction(async tx => {
        await tx.query(`insert into thing (id) values ('a')`)
        await tx.query(text, [param]).catch(() => undefined)
      })
      await expect(swallowed).rejects.toThrow(text)
      expect(await ids()).toEqual([])
    })

    test('are doomed by a failed statement that nobody waited for', async () => {
      let floating: Promise<unknown> = Promise.resolve()
      const careless = db.transaction(async tx => {
        await tx.query(`insert into thing (id) values ('a')`)
        floating = tx.query('nonsense').catch(() => undefined)
      })
      await expect(careless).rejects.toThrow('nonsense')
      await floating
      expect(await ids()).toEqual([])
    })

    test('leave a handle that is of no use afterwards', async () => {
      const tx = await db.transaction(given => Promise.resolve(given))
      await expect(tx.query(`insert into thing (id) values ('late')`)).rejects.toThrow('its transaction is over')
      expect(await ids()).toEqual([])
    })

    test('run statements that are sent together in their order, each seeing those before it', async () => {
      const add = (tx: Sql, id: string) =>
        tx.query('insert into thing (id, size) select $1, count(*) from thing returning id, size', [id])
      const count = (tx: Sql) => tx.query('select count(*) as n from thing')
      const answers = await db.transaction(tx => Promise.all([count(tx), add(tx, 'c'), add(tx, 'a'), count(tx)]))
      expect(answers).toEqual([[{ n: 0 }], [{ id: 'c', size: 0 }], [{ id: 'a', size: 1 }], [{ n: 2 }]])
      expect(await ids()).toEqual(['a', 'c'])
    })

    test('fail with the first failure of those sent together, keep nothing, and are followed by sound ones', async () => {
      const together = db.transaction(tx =>
        Promise.all(['a', 'a', 'b', null].map(id => tx.query('insert into thing (id, size) select $1, 1', [id]))),
      )
      const next = add('next')
      expect(storeFailure(await together.catch((error: unknown) => error))).toBe('conflict')
      await next
      expect(await ids()).toEqual(['next'])
    })

    test('see their own writes, which others do not see yet', async () => {
      await db.transaction(async tx => {
        await tx.query(`insert into thing (id) values ('a')`)
        expect(await tx.query('select id from thing')).toEqual([{ id: 'a' }])
        expect(await ids()).toEqual([])
      })
      expect(await ids()).toEqual(['a'])
    })

    test('never take in a stray write, which would be acknowledged and then lost', async () => {
      let stray: Promise<unknown> = Promise.resolve()
      const stopped = db.transaction(async tx => {
        await tx.query(`insert into thing (id) values ('mine')`)
        stray = add('stray')
        await tx.query('select id from thing')
        throw new Error('stop')
      })
      await expect(stopped).rejects.toThrow('stop')
      await stray
      expect(await ids()).toEqual(['stray'])
    })

    test('run 200 at once without losing one', async () => {
      await add('counter', 0)
      const count = (index: number) =>
        db.transaction(async tx => {
          const [row] = await tx.query<{ size: number }>(
            `update thing set size = size + 1 where id = 'counter' returning size`,
          )
          await tx.query('insert into thing (id) values ($1)', [`row ${index}`])
          if (index % 10 === 0) throw new Error('stop')
          return row?.size ?? 0
        })
      const results = await Promise.allSettled(Array.from({ length: 200 }, (_, index) => count(index)))
      const counts = results.filter(result => result.status === 'fulfilled').map(({ value }) => value)
      expect(new Set(counts)).toEqual(new Set(Array.from({ length: 180 }, (_, index) => index + 1)))
      expect(await ids()).toHaveLength(181)
    })
  })

  test('keeps references whole', async () => {
    await db.query('create table part (thing text references thing (id))')
    const error = await failing(`insert into part values ('missing')`)
    expect(error).toBeInstanceOf(StoreError)
    expect(storeFailure(error)).toBeUndefined()
  })

  test('is durable', async () => {
    await db.assertDurable()
  })
})

describe.each(databases)('closing a database on $name', ({ open }) => {
  test('lets what was begun end, and refuses what comes later as unavailable', async () => {
    const db = await open()
    await db.query('create table thing (id text)')
    const begun = db.transaction(async tx => {
      await tx.query(`insert into thing values ('a')`)
      return tx.query('select id from thing')
    })
    const closing = db.close()
    expect(await begun).toEqual([{ id: 'a' }])
    await closing
    await db.close()
    expect(storeFailure(await db.query('select 1').catch((error: unknown) => error))).toBe('unavailable')
    expect(storeFailure(await db.transaction(tx => tx.query('select 1')).catch((error: unknown) => error))).toBe(
      'unavailable',
    )
  })
})
