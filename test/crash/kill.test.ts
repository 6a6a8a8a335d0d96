import { expect, test } from 'vitest'
import { seededRandom } from '../../simulator/random.ts'
import { loadSqlite } from '../../src/store/engine/sqlite-binding.ts'
import { serviceIn, startListening, temporaryFolder, type Environment } from '../child.ts'
import { freshPostgres } from '../databases.ts'
import { AUDIENCE } from '../world.ts'
import { lettersOf, peopleFor, type Letter } from './crowd.ts'
import { killsFor, liveAndDie, type Life, type Scene } from './kills.ts'
import { connect, mailchimpWith, postOf, send, type Source } from './relay.ts'
import {
  accountingIsExact,
  againChangesNothing,
  attemptsBearItOut,
  mailchimpHoldsTheNewest,
  peopleAreKnown,
  storeIsWhole,
  type Said,
} from './verdict.ts'

/** Every run kills at other instants; a run that failed says which. */
const SEED = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000)

test('SQLite keeps and delivers what was answered 202 through 20 × kill -9 (I1 I2 I4 I5 I6 I7 I8 I10)', async () => {
  await seeded(async () => {
    await using folder = await temporaryFolder()
    const trial = trialOf({ rounds: 20, people: 110 })
    const { interrupted, resent } = await survives(serviceIn(folder.path), trial)
    // Otherwise the kills found nobody at work, and this test proved nothing.
    expect(interrupted).toBeGreaterThan(20)
    expect(resent).toBeGreaterThan(20)

    const { DatabaseSync } = await loadSqlite()
    const db = new DatabaseSync(folder.database)
    const ask = (sql: string) => Promise.resolve(db.prepare(sql).all() as Record<string, unknown>[])
    expect(await ask('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }])
    expect(await ask('pragma foreign_key_check')).toEqual([])
    await storeIsWhole(ask, trial)
    db.close()
  })
}, 200_000)

test('PostgreSQL keeps and delivers what was answered 202 through 5 × kill -9 (I1 I2 I4 I5 I6 I7 I8 I10)', async () => {
  await seeded(async () => {
    await using folder = await temporaryFolder()
    const { db, url } = await freshPostgres()
    const trial = trialOf({ rounds: 5, people: 40 })
    await survives(serviceIn(folder.path, { CONSENT_RELAY_DATABASE_URL: url }), trial)
    await storeIsWhole(sql => db.query(sql), trial)
    await db.close()
  })
}, 120_000)

async function seeded(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (error instanceof Error) error.message = `TEST_SEED=${SEED}: ${error.message}`
    throw error
  }
}

type Trial = Said & { readonly rounds: number; readonly posted: readonly Letter[] }

function trialOf({ rounds, people: count }: { readonly rounds: number; readonly people: number }): Trial {
  const people = peopleFor(count)
  return { rounds, people, ...lettersOf(people, [3, 6], seededRandom(SEED)) }
}

/** Kills and restarts the service while the letters come in, then holds all that can be seen against the oracle. */
async function survives(given: Environment, trial: Trial) {
  await using simulator = await mailchimpWith(trial.people, SEED)
  const before = simulator.control.contacts(AUDIENCE)
  // The simulator applies within a second or never; the window of every kill is waited for in real time.
  const env = { ...given, CONSENT_RELAY_MAILCHIMP_URL: simulator.url, CONSENT_RELAY_WINDOW_SECONDS: '2' }
  const { source, ...first } = await setUp(env)
  const scene: Scene = { env, simulator, source, post: postOf(trial.posted) }
  const lives: Life[] = [first]
  for (const kill of killsOf(trial)) lives.push(await liveAndDie(scene, kill))

  const from = Date.now()
  await using service = await startListening(['serve'], env)
  lives.push({ from })
  await send(scene.post, { url: service.url, source, onAck: () => undefined, isOver: () => !service.isAlive() })
  await accountingIsExact(service.url, scene, trial)
  mailchimpHoldsTheNewest(scene, trial, before)
  const { interrupted } = await attemptsBearItOut(service.url, scene, { ...trial, lives })
  await peopleAreKnown(service.url, trial)
  await againChangesNothing(service.url, scene, trial.posted)
  expect(await service.kill('SIGTERM'), service.stderr()).toEqual({ code: 0, signal: null })
  return { interrupted, resent: scene.post.sent - trial.posted.length }
}

/** As many acknowledgements as leave some letters for the end. */
const killsOf = ({ rounds, posted }: Trial) =>
  killsFor(rounds, Math.floor((2.4 * posted.length) / rounds), seededRandom(SEED + 1))

/** The first process makes the source and the integration, and is killed as soon as they were confirmed. */
async function setUp(env: Environment): Promise<Life & { readonly source: Source }> {
  const from = Date.now()
  await using service = await startListening(['serve'], env)
  return { from, source: await connect(service.url) }
}
