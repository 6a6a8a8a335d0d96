import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MORNING, settingsOf } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  addCredential,
  addIntegration,
  aStore,
  debt,
  openStore,
  putDebt,
  SOURCE,
} from '../../../test/store-builders.ts'
import { createBacklogReader, type Backlogs } from '../../pipeline/watch/backlog.ts'
import { type Status } from '../../domain/delivery.ts'
import { heldBy, shownAs, STOPPING, type HeldBy } from '../../domain/hold.ts'
import { type Reason } from '../../domain/reason.ts'
import { type Database } from '../engine/database.ts'
import { findIntegration, setHold, setPaused, updateIntegration } from '../settings/integrations.ts'
import { countDeliveries, listDeliveries } from './delivery-list.ts'
import { owe } from './deliveries.ts'
import { seeGroups } from './failure-groups.ts'
import { extentOf } from './replay-debts.ts'

const DEBTS = [
  { person: 'waits', status: 'waiting', reason: undefined, failed: 0 },
  { person: 'tries again', status: 'waiting', reason: 'server_error', failed: 1 },
  { person: 'blocked before', status: 'waiting', reason: 'key_invalid', failed: 1 },
  { person: 'under way', status: 'sending', reason: undefined, failed: 0 },
  { person: 'set aside', status: 'held', reason: 'merge_tag_missing', failed: 0 },
  { person: 'dead', status: 'dead', reason: 'forgotten', failed: 0 },
  { person: 'delivered', status: 'delivered', reason: undefined, failed: 0 },
  { person: 'skipped', status: 'skipped', reason: 'unchanged', failed: 0 },
] as const satisfies readonly { person: string; status: Status; reason: Reason | undefined; failed: number }[]

type Situation = {
  readonly enabled: boolean
  readonly paused: boolean
  readonly key: Reason | undefined
  readonly own: Reason | undefined
}

const SITUATIONS: readonly Situation[] = [true, false].flatMap(enabled =>
  [true, false].flatMap(paused =>
    ([undefined, 'key_invalid', 'mailchimp_unavailable'] as const).flatMap(key =>
      ([undefined, 'audience_missing', 'merge_tag_missing'] as const).map(own => ({ enabled, paused, key, own })),
    ),
  ),
)

const nameOf = ({ enabled, paused, key, own }: Situation): string =>
  [
    enabled ? 'enabled' : 'disabled',
    paused ? 'paused' : 'running',
    `key ${key ?? 'free'}`,
    `own ${own ?? 'free'}`,
  ].join()

const byOf = ({ enabled, paused, key, own }: Situation): HeldBy | undefined =>
  heldBy({ settings: { enabled }, paused, hold: own && { cause: own } }, key && { cause: key })

/** What the rule makes of the debts of an integration in this situation. */
const shownIn = (situation: Situation) =>
  DEBTS.map(({ person, failed, ...own }) => ({ person, failed, own, ...shownAs(own, byOf(situation)) }))

describe.each(databases)('R25: whether a debt is held, and why, on $name', ({ open }) => {
  let db: Database
  let backlogs: Backlogs
  beforeAll(async () => {
    db = await openStore(open)
    await aStore(db)
    await db.query('delete from integration')
    for (const situation of SITUATIONS) await arrange(situation)
    for (const { person, status, reason, failed } of DEBTS) {
      for (const situation of SITUATIONS)
        await putDebt(db, status, { person, reason: reason ?? '', integrationId: nameOf(situation) })
      await db.query(`update delivery set failed = ${failed}, first_failed_at = ${MORNING} where person = '${person}'`)
    }
    backlogs = await createBacklogReader({ db, clock: () => MORNING })()
  })
  afterAll(() => db.close())

  const held = (cause: Reason, detail: string) => ({ cause, detail, since: MORNING, probeAt: MORNING, probes: 0 })

  async function arrange(situation: Situation): Promise<void> {
    const { enabled, paused, key, own } = situation
    const id = nameOf(situation)
    await addCredential(db, `key of ${id}`)
    await addIntegration(db, { id, credentialId: `key of ${id}` })
    // All are owed while it is enabled; nothing is owed to one that is switched off.
    await owe(
      db,
      DEBTS.map(({ person }) => debt({ person, sourceId: SOURCE })),
    )
    const settings = { ...settingsOf(), enabled }
    const saved = { id, sourceId: SOURCE, credentialId: `key of ${id}`, createdAt: MORNING, updatedAt: MORNING }
    await updateIntegration(db, { ...saved, settings })
    await setPaused(db, { id, paused })
    if (key) await setHold(db, { table: 'credential', id: `key of ${id}` }, held(key, 'of the key'))
    if (own) await setHold(db, { table: 'integration', id }, held(own, 'of its own'))
  }

  test.each(SITUATIONS.map(situation => [nameOf(situation), situation] as const))('%s', async (id, situation) => {
    const shown = shownIn(situation)
    const by = byOf(situation)
    const integration = await findIntegration(db, id)
    expect(integration && heldBy(integration, situation.key && { cause: situation.key })).toBe(by)

    const listed = await listDeliveries(db, { integrationId: id, before: '', limit: 100 })
    const line = (each: { person: string; status: Status; reason: Reason | undefined }) =>
      `${each.person}: ${each.status} ${each.reason ?? ''}`
    expect(listed.map(line).sort()).toEqual(shown.map(line).sort())
    expect(new Set(listed.map(each => each.heldBy))).toEqual(new Set([by]))
    expect(listed.find(({ person }) => person === 'waits')?.detail).toBe(detailOf(by, situation))

    for (const status of ['waiting', 'sending', 'held', 'delivered', 'skipped', 'dead'] as const) {
      const own = shown.filter(each => each.status === status).length
      expect((await countDeliveries(db, { integrationId: id })).byStatus[status]).toBe(own)
      const found = await listDeliveries(db, { integrationId: id, status, before: '', limit: 100 })
      expect(found).toHaveLength(own)
      // A replay touches nothing of an integration that is switched off.
      expect((await extentOf(db, { integrationId: id, status })).total).toBe(situation.enabled ? own : 0)
    }
    for (const reason of new Set(shown.flatMap(each => each.reason ?? []))) {
      const own = shown.filter(each => each.reason === reason).length
      expect((await extentOf(db, { integrationId: id, reason })).total).toBe(situation.enabled ? own : 0)
    }
  })

  test('the backlog and its metrics count what the list shows', () => {
    for (const situation of SITUATIONS) {
      const backlog = backlogs.integrations.find(each => each.integrationId === nameOf(situation))
      const shown = shownIn(situation)
      for (const status of ['waiting', 'sending', 'held', 'dead'] as const) {
        const counted = backlog?.counts
          .filter(each => each.status === status)
          .reduce((sum, each) => sum + each.debts, 0)
        expect(counted).toBe(shown.filter(each => each.status === status).length)
      }
      const causes = new Map<string, number>()
      for (const { status, reason } of shown)
        if (status === 'held') causes.set(reason ?? '', (causes.get(reason ?? '') ?? 0) + 1)
      expect(new Map(backlog?.held.map(({ cause, debts }) => [cause, debts]))).toEqual(causes)
    }
  })

  test('failures count what the list shows; a pause or a switch is no failure', async () => {
    const groups = await seeGroups(db)
    for (const situation of SITUATIONS) {
      const shown = shownIn(situation)
      const seen = groups.filter(({ integrationId, debts }) => integrationId === nameOf(situation) && debts > 0)
      const expected = new Map<string, number>()
      const add = (key: string): void => void expected.set(key, (expected.get(key) ?? 0) + 1)
      for (const { status, reason, failed, own } of shown) {
        if (status === 'dead') add(`dead ${reason ?? ''}`)
        else if (status === 'held' && reason !== 'paused' && reason !== 'disabled') add(`held ${reason ?? ''}`)
        else if (failed > 0 && own.reason === 'server_error') add(`retrying ${own.reason}`)
      }
      expect(new Map(seen.map(({ kind, cause, debts }) => [`${kind} ${cause}`, debts]))).toEqual(expected)
    }
  })
})

function detailOf(by: HeldBy | undefined, { key }: Situation): string | undefined {
  if (by === undefined || by === 'disabled' || by === 'paused') return undefined
  return by === key ? 'of the key' : 'of its own'
}

test('what stops everything is what is blocked for a key or an audience, and an outage', () => {
  expect([...STOPPING].sort()).toEqual([
    'account_disabled',
    'audience_missing',
    'audience_unread',
    'certificate_untrusted',
    'key_invalid',
    'mailchimp_unavailable',
    'not_permitted',
    'payment_required',
    'wrong_data_centre',
  ])
})
