import { expect } from 'vitest'
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

export type Store = 'sqlite' | 'postgres'

type Plan = {
  readonly store: Store
  readonly seed: number
  readonly kills: number
  readonly people: number
}

type Ended = {
  /** Attempts that a kill cut off. */
  readonly interrupted: number
  /** Letters that a kill left without an answer. */
  readonly resent: number
  readonly acknowledged: number
}

/** A service that is killed again and again under load has kept and delivered everything that it answered with 202. */
export function keepsItsPromises(plan: Plan): Promise<Ended> {
  const people = peopleFor(plan.people)
  const trial = { ...plan, people, ...lettersOf(people, [3, 6], seededRandom(plan.seed)) }
  return plan.store === 'sqlite' ? onSqlite(trial) : onPostgres(trial)
}

type Trial = Said & { readonly seed: number; readonly kills: number; readonly posted: readonly Letter[] }

async function onSqlite(trial: Trial): Promise<Ended> {
  await using folder = await temporaryFolder()
  const ended = await survives(serviceIn(folder.path), trial)
  const { DatabaseSync } = await loadSqlite()
  const db = new DatabaseSync(folder.database)
  const ask = (sql: string) => Promise.resolve(db.prepare(sql).all() as Record<string, unknown>[])
  expect(await ask('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }])
  expect(await ask('pragma foreign_key_check')).toEqual([])
  await storeIsWhole(ask, trial)
  db.close()
  return ended
}

async function onPostgres(trial: Trial): Promise<Ended> {
  await using folder = await temporaryFolder()
  const { db, url } = await freshPostgres()
  const ended = await survives(serviceIn(folder.path, { CONSENT_RELAY_DATABASE_URL: url }), trial)
  await storeIsWhole(sql => db.query(sql), trial)
  await db.close()
  return ended
}

/** Kills and restarts the service while the letters come in, then holds all that can be seen against the oracle. */
async function survives(given: Environment, trial: Trial): Promise<Ended> {
  await using simulator = await mailchimpWith(trial.people, trial.seed)
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
  const { sent, acknowledged } = scene.post
  return { interrupted, resent: sent - trial.posted.length, acknowledged: acknowledged.length }
}

/** As many acknowledgements as leave some letters for the end. */
const killsOf = ({ kills, posted, seed }: Trial) =>
  killsFor(kills, Math.floor((2.4 * posted.length) / kills), seededRandom(seed + 1))

/** The first process makes the source and the integration, and is killed as soon as they were confirmed. */
async function setUp(env: Environment): Promise<Life & { readonly source: Source }> {
  const from = Date.now()
  await using service = await startListening(['serve'], env)
  return { from, source: await connect(service.url) }
}
