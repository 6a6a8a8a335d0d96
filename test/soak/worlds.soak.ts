import { test } from 'vitest'
import { everyoneEndsRight } from '../changes-of-mind.ts'
import { type Store } from '../crash/trial.ts'
import { freshPostgres } from '../databases.ts'
import { soak } from './rounds.ts'

test('in every world everybody ends right', context =>
  soak(context, {
    mode: 'worlds',
    unit: 'worlds',
    most: 1,
    usual: 50,
    round: ({ seed, store }) => oneWorld(seed, store),
  }))

async function oneWorld(seed: number, store: Store) {
  if (store === 'sqlite') return everyoneEndsRight({ seed })
  const { db, url } = await freshPostgres()
  try {
    return await everyoneEndsRight({ seed, databaseUrl: url })
  } finally {
    await db.close()
  }
}
