import { personOf } from '../../domain/person.ts'
import { type Telemetry } from '../../telemetry.ts'
import { type Database, type Sql } from '../../store/engine/database.ts'
import { renameInDebts } from '../../store/debts/renaming.ts'
import { findPeople } from '../../store/debts/replay-debts.ts'
import { acceptUpgraded, oweUpgraded } from '../../store/debts/upgraded.ts'
import { adoptDeletions } from '../../store/ledger/facts.ts'
import { nextPeople, renameInFacts } from '../../store/ledger/renaming.ts'
import { nextBodies, nextUnnamedUsers, orphanedEntities, relinkUsers } from '../../store/ledger/rereading.ts'
import { addTallies } from '../../store/ledger/tallies.ts'
import { nextEnabled } from '../../store/settings/integrations.ts'
import { readUpgrade, saveUpgradeCursor, type Upgrade, type UpgradeStep } from '../../store/settings/upgrade.ts'
import { adoptUnnamed } from '../intake/adopt.ts'
import { createSweep, type Loop } from '../loop.ts'
import { createPace, type Pace } from './pace.ts'
import { rereadKept } from './reread-kept.ts'

type UpgradeDeps = {
  readonly db: Database
  readonly clock: () => number
  readonly telemetry: Pick<Telemetry, 'upgraded' | 'stepFailed'>
  /** Called after the commit, with the integrations that owe something now. */
  readonly onOwed: (integrationIds: readonly string[]) => void
}

/** Carries on with what an older release left, a part of at most 200 ms at a time, until nothing is left. */
export type Upgrading = Pick<Loop, 'request' | 'idle' | 'stop'>

export function createUpgrading(deps: UpgradeDeps): Upgrading {
  const pace = createPace()
  return createSweep(
    () => carryOn(deps, pace),
    error => deps.telemetry.stepFailed('upgrade', error),
  )
}

/** Does the next part; false when nothing is left. */
async function carryOn(deps: UpgradeDeps, pace: Pace): Promise<boolean> {
  const { db, telemetry, onOwed } = deps
  const limit = pace.size()
  const started = performance.now()
  const done = await db.transaction(tx => nextPart(tx, { limit, at: deps.clock() }))
  pace.took(performance.now() - started)
  if (!done) return false
  if (done.ended !== undefined) telemetry.upgraded({ step: done.ended })
  onOwed(done.owing)
  return true
}

type PartRequest = { readonly limit: number; readonly at: number }

/** What a part did: which step it ended, and which integrations owe something now. */
type Part = { readonly ended: UpgradeStep | undefined; readonly owing: readonly string[] }

/** The next part of what is left, and where it ended; undefined when nothing is left. */
export async function nextPart(tx: Sql, { limit, at }: PartRequest): Promise<Part | undefined> {
  const upgrade = await readUpgrade(tx)
  if (!upgrade) return undefined
  if (upgrade.step === 'done') {
    const owing = upgrade.isAccepted ? await acceptUpgraded(tx, { at, limit }) : []
    return owing.length === 0 ? undefined : { ended: undefined, owing: [...new Set(owing)] }
  }
  const { after, owing } = await STEPS[upgrade.step].take(tx, { ...upgrade, limit, at })
  const ended = after === undefined
  await saveUpgradeCursor(tx, {
    step: ended ? STEPS[upgrade.step].next : upgrade.step,
    afterGroup: after?.group ?? '',
    afterItem: after?.item ?? '',
  })
  return { ended: ended ? upgrade.step : undefined, owing: owing ?? [] }
}

/** Where a part ended; undefined when its step has nothing left. */
type Taken = {
  readonly after: { readonly group: string; readonly item: string } | undefined
  readonly owing?: readonly string[]
}

type Take = (tx: Sql, request: Upgrade & PartRequest) => Promise<Taken>

const NOTHING_LEFT: Taken = { after: undefined }

/** R16a: two spellings of an address are one person. */
const takeNames: Take = async (tx, { afterGroup, afterItem, limit }) => {
  const people = await nextPeople(tx, { after: { sourceId: afterGroup, person: afterItem }, limit })
  const last = people.at(-1)
  if (!last) return NOTHING_LEFT
  const renamed = people.map(each => ({ ...each, to: personOf(each.person) })).filter(({ person, to }) => to !== person)
  if (renamed.length > 0) {
    await relinkUsers(tx, await renameInFacts(tx, renamed))
    for (const each of renamed) await renameInDebts(tx, each)
  }
  return { after: { group: last.sourceId, item: last.person } }
}

const MOST_BYTES = 1024 * 1024

const takeBodies: Take = async (tx, { afterItem, through, limit }) => {
  const ids = await nextBodies(tx, { after: afterItem, through, limit, bytes: MOST_BYTES })
  const last = ids.at(-1)
  if (last === undefined) return NOTHING_LEFT
  await rereadKept(tx, ids)
  return { after: { group: '', item: last } }
}

/** R5c: a fact without a person is about the one its Didomi user is linked to, now that all links are known. */
const takeUnnamed: Take = async (tx, { afterGroup, afterItem, limit }) => {
  const users = await nextUnnamedUsers(tx, { after: { sourceId: afterGroup, userId: afterItem }, limit })
  const last = users.at(-1)
  if (!last) return NOTHING_LEFT
  const withoutUser = users.find(({ userId }) => userId === '')
  if (withoutUser) await adoptDeletions(tx, await orphanedEntities(tx, withoutUser.sourceId))
  const adoptions = await adoptUnnamed(tx, users)
  await addTallies(
    tx,
    adoptions.flatMap(({ tally }) => tally),
  )
  return { after: { group: last.sourceId, item: last.userId } }
}

/** Everybody is decided by the present rules, integration by integration. */
const takePeople: Take = async (tx, { afterGroup, afterItem, limit, at, known, isAccepted }) => {
  const integration = await nextEnabled(tx, { from: afterGroup })
  if (!integration) return NOTHING_LEFT
  const { id, settings } = integration
  const after = id === afterGroup ? afterItem : ''
  const people = await findPeople(tx, id, { after, limit })
  const last = people.at(-1)
  // Behind this integration, and before any other: ids are of one length.
  if (last === undefined) return { after: { group: `${id} `, item: '' } }
  await oweUpgraded(tx, {
    integrationId: id,
    people,
    at,
    unaccepted: isAccepted ? undefined : known,
    absentToo: settings.options.match.startsWith('metadata_'),
  })
  return { after: { group: id, item: last }, owing: [id] }
}

const STEPS = {
  naming: { take: takeNames, next: 'reading' },
  reading: { take: takeBodies, next: 'adopting' },
  adopting: { take: takeUnnamed, next: 'owing' },
  owing: { take: takePeople, next: 'done' },
} as const satisfies Record<Exclude<UpgradeStep, 'done'>, { readonly take: Take; readonly next: UpgradeStep }>
