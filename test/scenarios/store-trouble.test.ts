import { open, stat } from 'node:fs/promises'
import { expect, describe, test } from 'vitest'
import { startApp } from '../../src/app.ts'
import { MINUTE, SECOND } from '../../src/domain/instant.ts'
import { createLog } from '../../src/log.ts'
import { createScrub } from '../../src/pipeline/upkeep/scrub.ts'
import { type Database } from '../../src/store/engine/database.ts'
import { StoreError } from '../../src/store/engine/errors.ts'
import { createTelemetry, type Telemetry } from '../../src/telemetry.ts'
import { configIn, filesIn, postTo, receives } from '../damaged-stores.ts'
import { freshPostgres } from '../databases.ts'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'
import { temporaryFolder } from '../child.ts'

const says = (who: string, newsletter: boolean) => event({ who, at: '2026-11-23T08:00:00Z', purposes: { newsletter } })
const people = (n: number): string[] => Array.from({ length: n }, (_, i) => `p${i}@mail.test`)

const FULL = () => new StoreError('database or disk is full', { failure: 'unavailable' })
/** As SQLite's thread says it: 11 is corrupt. */
const CORRUPT = () =>
  new StoreError('database disk image is malformed', {
    failure: 'unavailable',
    cause: Object.assign(new Error('corrupt'), { resultCode: 11 }),
  })

/** A store whose commits fail, and that can be read, once it is told so. */
function unwell() {
  const state = { fails: undefined as (() => Error) | undefined, tries: 0 }
  const around = (db: Database): Database => ({
    ...db,
    query: (text, params) => {
      if (state.fails === undefined || /^\s*(select|with)\b/i.test(text)) return db.query(text, params)
      state.tries += 1
      return Promise.reject(state.fails())
    },
    transaction: work => {
      if (state.fails === undefined) return db.transaction(work)
      state.tries += 1
      return Promise.reject(state.fails())
    },
  })
  return { state, around }
}

const told = (): { said: string[]; telemetry: Telemetry } => {
  const said: string[] = []
  const telemetry: Telemetry = {
    ...createTelemetry(createLog('silent')),
    storeUnwell: ({ trouble }) => said.push(trouble),
    storeWell: () => said.push('well'),
  }
  return { said, telemetry }
}

const webhook = async (world: World, who: string): Promise<Response> =>
  fetch(`${world.app.url}/webhooks/didomi/${world.source.id}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.source.token}` },
    body: JSON.stringify(says(who, true)),
  })

async function readiness(world: World): Promise<readonly [number, unknown]> {
  const answer = await fetch(`${world.app.url}/readyz`)
  return [answer.status, await answer.json()]
}

/** What the service does each second. A lane whose commit failed would be waited for until it can commit. */
async function ticks(world: World, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    await world.app.durability.recheck()
    world.app.worker.tick()
  }
}

const OK = [200, { status: 'ok' }]

async function outlivesAFullDisk(databaseUrl?: string): Promise<void> {
  const { state, around } = unwell()
  const { said, telemetry } = told()
  await using world = await startWorld({ around, telemetry, ...(databaseUrl === undefined ? {} : { databaseUrl }) })
  for (const email_address of people(20)) world.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' })
  await world.integrates()
  world.mailchimp.addFault({ match: { method: 'PATCH' }, fault: { status: 500 } })
  await world.receives(...people(2).map(who => says(who, true)))
  await world.passes(SECOND)
  world.mailchimp.clearFaults()
  expect(await readiness(world)).toEqual(OK)

  state.fails = FULL
  const refused = await webhook(world, 'p10@mail.test')
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '30'])
  expect(await readiness(world)).toEqual([503, { status: 'not ready', trouble: 'cannot_write' }])
  expect((await world.api('GET', '/v1/stats')).status).toBe(200)
  expect((await world.api('GET', '/v1/people/p1@mail.test')).status).toBe(200)
  const before = { tries: state.tries, writes: world.writes().length }
  await world.passes(MINUTE)
  await ticks(world, 60)
  // With each tick one commit is tried, and no lane begins what it could not mark, though two retries are due.
  expect(state.tries - before.tries).toBeLessThan(70)
  expect(world.writes().length).toBe(before.writes)

  state.fails = undefined
  await world.passes(10 * SECOND)
  expect(await readiness(world)).toEqual(OK)
  expect((await webhook(world, 'p10@mail.test')).status).toBe(202)
  await world.settles()
  expect(await world.stats()).toMatchObject({ deliveries: { delivered: 3, sending: 0, dead: 0 } })
  expect(said).toEqual(['cannot_write', 'well'])
}

describe('R32: a commit that fails', () => {
  test('turns /readyz at once, and one that succeeds turns it back, on SQLite', () => outlivesAFullDisk())

  test('turns /readyz at once, and one that succeeds turns it back, on PostgreSQL', async () => {
    const { db, url } = await freshPostgres()
    await outlivesAFullDisk(url)
    await db.close()
  })

  test('of a webhook is followed by one of a webhook, without any tick', async () => {
    const { state, around } = unwell()
    await using world = await startWorld({ around })
    state.fails = FULL
    expect((await webhook(world, 'a@mail.test')).status).toBe(503)
    expect((await readiness(world))[0]).toBe(503)
    state.fails = undefined
    expect((await webhook(world, 'a@mail.test')).status).toBe(202)
    expect(await readiness(world)).toEqual(OK)
  })
})

describe('R32: a store in which damage is found while it is served', () => {
  test('is only read from there on, and says so everywhere', async () => {
    const { state, around } = unwell()
    const { said, telemetry } = told()
    await using world = await startWorld({ around, telemetry })
    await world.integrates()
    await world.receives(says('a@mail.test', true))
    state.fails = CORRUPT
    expect((await webhook(world, 'b@mail.test')).status).toBe(503)
    state.fails = undefined
    const tries = state.tries
    await ticks(world, 60)
    const refused = await webhook(world, 'b@mail.test')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '30'])
    expect(await readiness(world)).toEqual([503, { status: 'not ready', trouble: 'damaged' }])
    const metrics = await (await fetch(`${world.app.url}/metrics`)).text()
    expect(metrics).toContain('consent_relay_store_trouble{trouble="damaged"} 1')
    expect(metrics).toContain('consent_relay_ready 0')
    expect((await world.api('GET', '/v1/people/a@mail.test')).status).toBe(200)
    expect((await world.api<{ inbox: { received: number } }>('GET', '/v1/stats')).body.inbox.received).toBe(1)
    expect(state.tries).toBe(tries)
    expect(said).toEqual(['damaged'])
  })

  test('is found by the check in the background, beside what is written', async () => {
    await using folder = await temporaryFolder()
    const files = filesIn(folder.path)
    const first = await startApp(configIn(files.folder), { ticking: false })
    const source = await receives(first, 'scrubbed')
    await first.stop()

    const app = await startApp(configIn(files.folder), { ticking: false })
    const url = source.url.replace(/^http:\/\/[^/]+/, app.url)
    const failures: unknown[] = []
    const telemetry = { stepFailed: (_: string, error: unknown) => failures.push(error) }
    const scrub = createScrub({ file: files.store, durability: app.durability, telemetry })
    scrub.request()
    await scrub.idle()
    expect(app.durability.trouble()).toBeUndefined()
    expect(await postTo({ ...source, url }, says('early@mail.test', true))).toBe(202)

    await spoil(files.store)
    scrub.request()
    await scrub.idle()
    expect(app.durability.trouble()).toBe('damaged')
    expect(await postTo({ ...source, url }, says('late@mail.test', true))).toBe(503)
    expect(failures).toEqual([])
    await scrub.stop()
    await app.stop()
  })
})

/** Each fourth page holds rubbish from here on. */
async function spoil(file: string): Promise<void> {
  const { size } = await stat(file)
  const handle = await open(file, 'r+')
  for (let at = 4_096 * 8; at < size; at += 4 * 4_096) await handle.write(Buffer.alloc(4_096, 0xa5), 0, 4_096, at)
  await handle.close()
}
