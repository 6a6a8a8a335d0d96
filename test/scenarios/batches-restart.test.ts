import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startApp, type App } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { MINUTE, SECOND } from '../../src/domain/instant.ts'
import { type Database } from '../../src/store/engine/database.ts'
import { createSimulator } from '../../simulator/simulator.ts'
import { call, TOKEN } from '../owner-call.ts'
import { shareOf } from '../share.ts'
import { AUDIENCE, documentFor, event, type Stats } from '../world.ts'

/** With fewer than the service's own, which takes no other code and more time. */
const BACKLOG = shareOf(500, 2_000)
const CROWD = Array.from({ length: shareOf(800, 2_600) }, (_, n) => `p${n}@mail.test`)

/** One folder and one Mailchimp for several lives of the service, whose clock is `time.now`. */
async function house() {
  const folder = await mkdtemp(join(tmpdir(), 'consent-relay-batches-'))
  const simulator = await createSimulator({ latencyMs: 0, batchTiming: { stageMs: 0, operationMs: 0 } })
  simulator.control.addMergeField(AUDIENCE, { tag: 'NEWS', type: 'text' })
  for (const email_address of CROWD) simulator.control.addContact(AUDIENCE, { email_address, status: 'subscribed' })
  const time = { now: Date.now() }
  const stores: Database[] = []
  const config = readConfig({
    CONSENT_RELAY_PORT: '0',
    CONSENT_RELAY_DATA: folder,
    CONSENT_RELAY_BOOTSTRAP_TOKEN: TOKEN,
    CONSENT_RELAY_MAILCHIMP_URL: simulator.url,
    CONSENT_RELAY_LOG_LEVEL: 'silent',
  })
  const around = (db: Database): Database => {
    stores.push(db)
    return db
  }
  return {
    simulator: simulator.control,
    time,
    starts: () => startApp(config, { ticking: false, now: () => time.now, around, batchAbove: BACKLOG }),
    query: (text: string) => stores.at(-1)?.query(text),
    async [Symbol.asyncDispose]() {
      await simulator.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Everybody's debt falls due while the integration is paused, so that all are due at once and some go by batch. */
async function handsInABatch(app: App, time: { now: number }): Promise<void> {
  const source = await call<{ id: string }>(app, '/v1/sources', { name: 's', authentication: { type: 'bearer' } })
  const document = documentFor(source.id, { options: { bulk: 'batches' } })
  const { id } = await call<{ id: string }>(app, '/v1/integrations', document)
  await call(app, `/v1/integrations/${id}/pause`, {})
  for (let n = 0; n < CROWD.length; n += 1_000) {
    const said = (who: string) => event({ who, at: '2026-11-23T08:00:00Z', purposes: { newsletter: true } })
    await call(app, '/v1/events', { source_id: source.id, events: CROWD.slice(n, n + 1_000).map(said) })
  }
  // What has not waited for a minute goes by itself.
  time.now += 2 * MINUTE
  await call(app, `/v1/integrations/${id}/resume`, {})
  await app.worker.idle()
}

const deliveries = async (app: App) => (await call<Stats>(app, '/v1/stats')).deliveries

test('R28 I8: the results of a batch are read by the process that is started next', async () => {
  await using own = await house()
  const first = await own.starts()
  await handsInABatch(first, own.time)
  const { waiting } = await deliveries(first)
  expect(waiting).toBeGreaterThan(CROWD.length / 5)
  await first.stop()
  const before = own.simulator.stats().by_kind['member.patch']

  own.time.now += 6 * SECOND
  const second = await own.starts()
  await second.worker.idle()
  expect(await deliveries(second)).toMatchObject({ waiting: 0, delivered: CROWD.length })
  expect(own.simulator.stats().by_kind['member.patch']).toBe(before)
  await second.stop()
})

test('R28 I6 I8: of a batch that was being handed in at a crash nothing is relied on, and everybody goes singly', async () => {
  await using own = await house()
  const first = await own.starts()
  await handsInABatch(first, own.time)
  const { waiting } = await deliveries(first)
  await own.query(`update batch set state = 'submitting', mailchimp_id = null, submitted_at = null, poll_at = null`)
  await first.stop()

  const second = await own.starts()
  await second.worker.idle()
  expect(await deliveries(second)).toMatchObject({ waiting: 0, delivered: CROWD.length })
  const open = await own.query(
    `select outcome, reason, count(*) as n from attempt where batch_id is not null group by 1, 2`,
  )
  expect(open).toEqual([{ outcome: 'retry', reason: 'interrupted', n: waiting }])
  await second.stop()
})
