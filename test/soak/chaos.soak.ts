import { test } from 'vitest'
import { keepsItsPromises } from '../crash/trial.ts'
import { soak } from './rounds.ts'

const PEOPLE_PER_KILL = 5.5

test('what was answered 202 is kept and delivered through kill -9', context =>
  soak(context, {
    mode: 'chaos',
    unit: 'kills',
    most: 20,
    usual: 200,
    round: ({ seed, count, store }) =>
      keepsItsPromises({ store, seed, kills: count, people: Math.ceil(count * PEOPLE_PER_KILL) }),
  }))
