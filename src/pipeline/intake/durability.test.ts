import { beforeEach, describe, expect, test } from 'vitest'
import { type Telemetry } from '../../telemetry.ts'
import { type Database } from '../../store/engine/database.ts'
import { StoreError, type StoreFailure } from '../../store/engine/errors.ts'
import { createDurability, type Durability } from './durability.ts'

/** SQLite's own codes: corrupt, and one that has nothing to do with damage. */
const CORRUPT = 11
const BUSY = 5
const SELECT = 'select 1 as one'
const INSERT = 'insert into probe (id, at) values (1, 1)'

const error = (resultCode: number, failure?: StoreFailure): StoreError =>
  new StoreError('it fails', {
    cause: Object.assign(new Error('it fails'), { resultCode }),
    ...(failure ? { failure } : {}),
  })

describe('R32: what a store that fails says of itself', () => {
  let durability: Durability
  let told: string[]
  beforeEach(() => {
    told = []
    durability = createDurability({
      clock: () => 0,
      clockOff: () => 0,
      askingDatabase: () => () => undefined,
      telemetry: {
        storeUnwell: ({ trouble }: { trouble: string }) => told.push(trouble),
        storeWell: () => told.push('well'),
      } as unknown as Telemetry,
    })
  })

  /** A store of which each of these statements fails. */
  const storeOf = (failing: Readonly<Record<string, StoreError>>): Database => {
    const query = (text: string) => {
      const failure = failing[text]
      return failure ? Promise.reject(failure) : Promise.resolve([])
    }
    return durability.watch({
      dialect: 'sqlite',
      query,
      transaction: (work: (tx: { dialect: 'sqlite'; query: typeof query }) => unknown) =>
        Promise.resolve(work({ dialect: 'sqlite', query })),
      assertDurable: () => Promise.resolve(),
    } as unknown as Database)
  }

  test('damage that a reading comes upon ends all writing, also by what reads only', async () => {
    const store = storeOf({ [SELECT]: error(CORRUPT) })
    await expect(store.query(SELECT)).rejects.toThrow('it fails')
    expect([durability.trouble(), durability.isSure(), told]).toEqual(['damaged', false, ['damaged']])
    await expect(store.query(INSERT)).rejects.toThrow('damaged and only read')
    await expect(store.transaction(tx => tx.query(INSERT))).rejects.toThrow('damaged and only read')
  })

  test('a reading that fails for another reason is no trouble while the store can be written', async () => {
    await expect(storeOf({ [SELECT]: error(BUSY, 'unavailable') }).query(SELECT)).rejects.toThrow('it fails')
    expect([durability.trouble(), told]).toEqual([undefined, []])
  })

  test('a write that fails is trouble until one succeeds', async () => {
    await expect(storeOf({ [INSERT]: error(BUSY, 'unavailable') }).query(INSERT)).rejects.toThrow('it fails')
    expect([durability.trouble(), durability.isSure()]).toEqual(['cannot_write', true])
    durability.committed()
    expect([durability.trouble(), told]).toEqual([undefined, ['cannot_write', 'well']])
  })
})
