import { expect, test } from 'vitest'
import { keepsItsPromises } from './trial.ts'

/** Every run kills at other instants; a run that failed says which. */
const SEED = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000)

test('SQLite keeps and delivers what was answered 202 through 20 × kill -9 (I1 I2 I4 I5 I6 I7 I8 I10)', async () => {
  await seeded(async () => {
    const { interrupted, resent } = await keepsItsPromises({ store: 'sqlite', seed: SEED, kills: 20, people: 110 })
    // Otherwise the kills found nobody at work, and this test proved nothing.
    expect(interrupted).toBeGreaterThan(20)
    expect(resent).toBeGreaterThan(20)
  })
})

test('PostgreSQL keeps and delivers what was answered 202 through 5 × kill -9 (I1 I2 I4 I5 I6 I7 I8 I10)', async () => {
  await seeded(() => keepsItsPromises({ store: 'postgres', seed: SEED, kills: 5, people: 40 }))
})

async function seeded(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (error instanceof Error) error.message = `TEST_SEED=${SEED}: ${error.message}`
    throw error
  }
}
