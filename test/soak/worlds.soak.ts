import { test } from 'vitest'
import { everyoneEndsRight } from '../changes-of-mind.ts'
import { type Store } from '../crash/trial.ts'
import { freshPostgres } from '../databases.ts'
import { kindsIn } from '../worlds/kinds.ts'
import { endsRight } from '../worlds/trial.ts'
import { soak } from './rounds.ts'

/** Every so many seeds, 50 people change their minds against every fault, beside the world of that seed. */
const CROWD_EVERY = 25

test('in every world everybody ends right', context =>
  soak(context, {
    mode: 'worlds',
    unit: 'worlds',
    most: 1,
    usual: 50,
    async round({ seed, store, kinds }) {
      const open = opener(store)
      const { checked, excused, ended } = await endsRight({ seed, kinds: kindsIn(kinds), ...open })
      if (seed % CROWD_EVERY > 0) return { checked, excused, ended }
      const database = await open.store?.()
      const { requests, faulty } = await everyoneEndsRight({ seed, databaseUrl: database?.url })
      await database?.close()
      return { checked, excused, ended, crowds: 1, requests, faulty }
    },
  }))

const opener = (store: Store) =>
  store === 'sqlite'
    ? {}
    : {
        async store() {
          const { db, url } = await freshPostgres()
          return { url, close: () => db.close() }
        },
      }
