import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../src/domain/instant.ts'
import { openLeaseSession } from '../../src/store/ownership/lease-session.ts'
import { type Database } from '../../src/store/engine/database.ts'
import { StoreError } from '../../src/store/engine/errors.ts'
import { until } from '../child.ts'
import { asAdmin, freshPostgres } from '../databases.ts'
import { PATIENT, PATIENT_STORE } from '../patient.ts'
import { proxyOf } from '../tcp-proxy.ts'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'

/** So short that a webhook is given up soon; what has to go well is tried until it does. */
const IMPATIENT = {
  ...PATIENT,
  store: { ...PATIENT_STORE, uses: { ...PATIENT_STORE.uses, intake: { ...PATIENT_STORE.uses.intake, lockMs: 50 } } },
  lease: { ...PATIENT.lease, connectMs: 500, answerMs: 500 },
  webhookMs: 500,
}

let db: Database
let url: string
beforeEach(async () => {
  ;({ db, url } = await freshPostgres())
})
afterEach(() => db.close())

async function withAda(world: World): Promise<void> {
  world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'subscribed' })
  await world.integrates()
}

let second = 0

function bodyOf(newsletter: boolean): string {
  second += 1
  const at = new Date(Date.UTC(2026, 10, 23, 8) + second * 1_000).toISOString()
  return JSON.stringify(event({ who: ADA, at, purposes: { newsletter } }))
}

const says = (world: World, newsletter: boolean): Promise<Response> => posts(world, bodyOf(newsletter))

function posts(world: World, body: string): Promise<Response> {
  return fetch(`${world.app.url}/webhooks/didomi/${world.source.id}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.source.token}`, 'content-type': 'application/json' },
    body,
  })
}

/** As Didomi does: again, until it is taken. */
const isTaken = (world: World, newsletter: boolean): Promise<true> =>
  until('the webhook is taken', async () => ((await says(world, newsletter)).status === 202 ? true : undefined))

const isReady = (world: World, ready: boolean): Promise<true> =>
  until(`it is ${ready ? '' : 'not '}ready`, async () =>
    (await fetch(`${world.app.url}/readyz`)).ok === ready ? true : undefined,
  )

const shownOf = (world: World): unknown =>
  (world.mailchimp.contact(AUDIENCE, ADA)?.['merge_fields'] as { NEWS: string }).NEWS

const isDelivered = (world: World, value: string): Promise<true> =>
  until('it is delivered', async () => {
    await world.settles()
    return shownOf(world) === value ? true : undefined
  })

describe('R32, I14: the process stays, loses nothing, and comes back by itself: a service on a PostgreSQL', () => {
  test('whose sessions are all ended goes on with the lease that it had', async () => {
    await using world = await startWorld({ databaseUrl: url })
    await withAda(world)
    for (const newsletter of [true, false, true]) {
      await asAdmin('select pg_terminate_backend(pid, 60000) from pg_stat_activity where datname = $1', [
        new URL(url).pathname.slice(1),
      ])
      await isTaken(world, newsletter)
      await isDelivered(world, String(newsletter))
    }
    expect(world.app.lease.epoch()).toBe(1)
  })

  test('that refuses connections for a while answers 503 with Retry-After, and delivers when it is back', async () => {
    await using proxy = await proxyOf(url)
    await using world = await startWorld({ databaseUrl: proxy.through(url) })
    await withAda(world)
    proxy.cut()
    const refused = await says(world, true)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '30'])
    proxy.forward()
    await isTaken(world, true)
    await isDelivered(world, 'true')
  })

  test('that says nothing answers 503 with Retry-After, and delivers on new connections when it is back', async () => {
    await using proxy = await proxyOf(url)
    await using world = await startWorld({ databaseUrl: proxy.through(url), limits: IMPATIENT })
    await withAda(world)
    await isTaken(world, false)
    proxy.swallow()
    const refused = await says(world, true)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '30'])
    proxy.forward()
    await isTaken(world, true)
    await isDelivered(world, 'true')
  })

  test('in which a table is locked answers 503 with Retry-After, and takes the repeat when it is free', async () => {
    await using world = await startWorld({ databaseUrl: url, limits: IMPATIENT })
    await withAda(world)
    await db.transaction(async tx => {
      await tx.query('lock table inbox in access exclusive mode')
      const refused = await says(world, true)
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '30'])
    })
    await isTaken(world, true)
    await isDelivered(world, 'true')
  })

  test('whose answer to a commit is lost answers 503, and knows the repeat as one (I2)', async () => {
    let isLost = false
    const around = (store: Database): Database => ({
      ...store,
      async transaction(work, use) {
        const result = await store.transaction(work, use)
        if (use !== 'intake' || !isLost) return result
        isLost = false
        throw new StoreError('commit: no answer', { failure: 'doubtful' })
      },
    })
    await using world = await startWorld({ databaseUrl: url, around })
    await withAda(world)
    const body = bodyOf(true)
    isLost = true
    expect((await posts(world, body)).status).toBe(503)
    expect((await posts(world, body)).status).toBe(202)
    await isDelivered(world, 'true')
    expect((await world.stats()).inbox).toMatchObject({ received: 2, folded: 1, duplicate: 1 })
  })

  test('that another instance delivers from takes webhooks in, sends nothing, says so, and goes on when that one ends', async () => {
    await using world = await startWorld({ databaseUrl: url })
    await withAda(world)
    const other = await openLeaseSession({
      url,
      limits: PATIENT_STORE,
      connectMs: HOUR,
      answerMs: HOUR,
      onEnd: () => undefined,
    })
    await other.take({ owner: 'another', lengthMs: HOUR, mayTake: () => true })
    await isReady(world, false)
    expect((await says(world, true)).status).toBe(202)
    await world.passes(10 * MINUTE)
    expect(world.writes()).toEqual([])
    other.end()
    await isReady(world, true)
    await isDelivered(world, 'true')
    expect(world.writes()).toHaveLength(1)
  })
})
