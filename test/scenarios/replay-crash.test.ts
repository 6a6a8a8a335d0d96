import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startApp, type App } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { type Database, type Sql } from '../../src/store/engine/database.ts'
import { createSimulator } from '../../simulator/simulator.ts'
import { call, TOKEN } from '../owner-call.ts'
import { AUDIENCE, documentFor, event, startWorld } from '../world.ts'

type Progress = { readonly total: number; readonly made_due: number; readonly settled: number }
type Shown = { readonly id: string; readonly state: string; readonly progress: Progress }
type Ending = 'goes well' | 'undone' | 'answer lost'

const crowd = (n: number): string[] => Array.from({ length: n }, (_, index) => `p${index}@mail.test`)
const grants = (people: readonly string[]): string =>
  JSON.stringify(people.map(who => event({ who, at: '2026-11-23T08:00:00Z', purposes: { newsletter: true } })))
const LET_DIE = `update delivery set status = 'dead', reason = 'request_refused', settled_at = owed_at`

/** The store fails at the parts of a replay as scripted: undone, or carried out with the answer lost. */
const failing =
  (script: Ending[]) =>
  (db: Database): Database => ({
    ...db,
    async transaction(work) {
      let next: Ending | undefined
      const watched = (tx: Sql): Sql => ({
        ...tx,
        query: (text, params) => {
          if (/^update replay set made_due/.test(text)) next = script.shift()
          return tx.query(text, params)
        },
      })
      const result = await db.transaction(async tx => {
        const done = await work(watched(tx))
        if (next === 'undone') throw new Error('the store failed')
        return done
      })
      if (next === 'answer lost') throw new Error('the answer of the store was lost')
      return result
    },
  })

describe('R26 I8: a replay goes on where it was, and makes no debt due twice', () => {
  test('when the store fails between its parts', async () => {
    const people = crowd(1_700)
    const script: Ending[] = []
    let store: Database | undefined
    await using world = await startWorld({ around: db => failing(script)((store = db)) })
    for (const email_address of people) world.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' })
    const id = await world.integrates()
    await world.api('POST', `/v1/integrations/${id}/pause`)
    await world.receives(grants(people))
    await store?.query(LET_DIE)
    script.push('goes well', 'undone', 'answer lost', 'goes well', 'answer lost')
    const { body } = await world.api<Shown>('POST', '/v1/replays', { all: true })
    const shown = async () => (await world.api<Shown>('GET', `/v1/replays/${body.id}`)).body
    const madeDue: number[] = []
    for (let round = 0; round < 4; round++) {
      await world.app.replays.idle()
      madeDue.push((await shown()).progress.made_due)
      world.app.replays.request()
    }
    expect(madeDue).toEqual([500, 1_000, 1_700, 1_700])
    expect(script).toEqual([])

    await world.api('POST', `/v1/integrations/${id}/resume`)
    await world.app.replays.idle()
    await world.settles()
    const progress = { total: 1_700, made_due: 1_700, settled: 1_700 }
    expect(await shown()).toMatchObject({ state: 'done', progress })
    expect(world.writes()).toHaveLength(1_700)
    expect(new Set(world.writes().map(({ path }) => path)).size).toBe(1_700)
  })

  test('when the answer to its last part is lost: what it made due is delivered all the same', async () => {
    const script: Ending[] = []
    let store: Database | undefined
    await using world = await startWorld({ around: db => failing(script)((store = db)) })
    await world.integrates()
    await world.receives(grants(crowd(1)))
    await world.settles()
    await store?.query(LET_DIE)
    script.push('answer lost')
    await world.api<Shown>('POST', '/v1/replays', { all: true })
    await world.app.replays.idle()
    await world.settles()
    expect(script).toEqual([])
    expect((await world.stats()).deliveries).toMatchObject({ skipped: 1, dead: 0 })
  })

  test('when the service ends between its parts, at the next start', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'consent-relay-replay-'))
    const simulator = await createSimulator({ latencyMs: 0 })
    simulator.control.addMergeField(AUDIENCE, { tag: 'NEWS', type: 'text' })
    let store: Database | undefined
    const script: Ending[] = ['goes well', 'undone']
    const start = (): Promise<App> =>
      startApp(
        readConfig({
          CONSENT_RELAY_PORT: '0',
          CONSENT_RELAY_DATA: folder,
          CONSENT_RELAY_BOOTSTRAP_TOKEN: TOKEN,
          CONSENT_RELAY_MAILCHIMP_URL: simulator.url,
          CONSENT_RELAY_LOG_LEVEL: 'silent',
        }),
        { ticking: false, around: db => failing(script)((store = db)) },
      )
    try {
      const first = await start()
      const source = await call<{ id: string }>(first, '/v1/sources', { name: 's', authentication: { type: 'bearer' } })
      const { id } = await call<{ id: string }>(first, '/v1/integrations', documentFor(source.id))
      await call(first, `/v1/integrations/${id}/pause`, {})
      const events = JSON.parse(grants(crowd(1_000))) as unknown[]
      await call(first, '/v1/events', { source_id: source.id, events })
      await store?.query(LET_DIE)
      const replay = await call<Shown>(first, '/v1/replays', { all: true })
      await first.replays.idle()
      expect((await call<Shown>(first, `/v1/replays/${replay.id}`)).progress.made_due).toBe(500)
      await first.stop()

      const second = await start()
      await second.replays.idle()
      const after = await call<Shown>(second, `/v1/replays/${replay.id}`)
      expect(after).toMatchObject({ state: 'delivering', progress: { total: 1_000, made_due: 1_000, settled: 0 } })
      await second.stop()
    } finally {
      await simulator.close()
      await rm(folder, { recursive: true, force: true })
    }
  })
})
