import { nameOf } from '../../domain/target.ts'
import { isReason } from '../../domain/reason.ts'
import { assertable, nextAssertionAt } from '../../store/debts/assertions.ts'
import { hasOpenDebts, isSending, unassertedOf, type Unasserted } from '../../store/debts/leaving-debts.ts'
import { insertUnproven, type Unproven } from '../../store/ledger/unproven.ts'
import { type Database, type Sql } from '../../store/engine/database.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { deleteIntegration, deleteUnusedCredentials, type Integration } from '../../store/settings/integrations.ts'
import { type Telemetry } from '../../telemetry.ts'
import { audited } from '../audited.ts'
import { handOver } from '../delivery/hand-over.ts'
import { mayAssert } from '../delivery/holds.ts'
import { earliest } from './earliest.ts'

type LeftoverDeps = {
  readonly db: Database
  readonly clock: () => number
  readonly newId: NewId
  readonly telemetry: Telemetry
  readonly wake: (integrationIds: readonly string[]) => void
  readonly reload: () => Promise<void>
}

/** What integrations that are paused or leave still have to assert (R22). */
export type Leftovers = {
  /** Those that have something to assert now. */
  due(integrations: readonly Integration[]): Promise<readonly Integration[]>
  /** When there is more to do for them; while the key is held, nothing may be asserted. */
  nextAt(integrations: readonly Integration[], mayAssertNow: boolean): Promise<number | undefined>
  /** Lets those go that have nothing left to assert, or have had their time. */
  depart(integrations: readonly Integration[]): Promise<void>
  /** The last integration that used a key is gone, and so is what was open at Mailchimp. */
  forgetKey(): Promise<void>
}

export function createLeftovers({ db, clock, telemetry, wake, reload, ...deps }: LeftoverDeps): Leftovers {
  async function goIfDone(leaving: Integration, leavesAt: number): Promise<boolean> {
    const now = clock()
    const isKept = now < leavesAt ? await hasOpenDebts(db, leaving.id, now) : await isSending(db, leaving.id)
    if (isKept) return false
    const unproven = await db.transaction(tx => go(tx, { clock, ...deps }, leaving))
    telemetry.left({ integrationId: leaving.id, unproven })
    return true
  }

  return {
    async due(integrations) {
      const held = integrations.filter(mayAssert)
      if (held.length === 0) return []
      const found = await assertable(db, idsOf(held), clock())
      const asserting = held.filter(({ id }) => found.has(id))
      for (const leaving of asserting.filter(isLeaving)) {
        const heirs = await db.transaction(tx => handOver(tx, leaving, clock()))
        if (heirs.length > 0) wake(heirs)
      }
      return asserting
    },
    async nextAt(integrations, mayAssertNow) {
      const asserting = mayAssertNow ? integrations.filter(mayAssert) : []
      return earliest([await nextAssertionAt(db, idsOf(asserting)), ...integrations.map(({ leavesAt }) => leavesAt)])
    },
    async depart(integrations) {
      let isGone = false
      for (const leaving of integrations)
        if (leaving.leavesAt !== undefined && (await goIfDone(leaving, leaving.leavesAt))) isGone = true
      if (isGone) await reload()
    },
    async forgetKey() {
      await db.transaction(deleteUnusedCredentials)
      await reload()
    },
  }
}

const idsOf = (integrations: readonly Integration[]) => integrations.map(({ id }) => id)

const isLeaving = ({ leavesAt }: Integration): boolean => leavesAt !== undefined

type GoDeps = Pick<LeftoverDeps, 'clock' | 'newId'>

/** Removes an integration that leaves, and lists what it could not assert. Gives how many contacts that are. */
async function go(tx: Sql, deps: GoDeps, leaving: Integration): Promise<number> {
  const unproven = (await unassertedOf(tx, leaving.id)).map(each => unprovenOf(each, leaving, deps))
  if (unproven.length > 0) {
    await insertUnproven(tx, unproven)
    await audited(tx, deps, { actor: 'the service', action: 'integration.unproven', subject: leaving.id })
  }
  await deleteIntegration(tx, leaving.id)
  await deleteUnusedCredentials(tx)
  return unproven.length
}

const unprovenOf = (
  { person, contact, targets, reason }: Unasserted,
  { id: integrationId, settings: { name: integrationName, dataCentre, audienceId, mappings } }: Integration,
  { clock, newId }: GoDeps,
): Unproven => ({
  id: newId('unp'),
  at: clock(),
  integrationId,
  integrationName,
  dataCentre,
  audienceId,
  person,
  contact,
  tags: targets ? targets.map(nameOf) : mappings.map(({ id }) => id),
  reason: reason !== undefined && isReason(reason) ? reason : undefined,
})
