import { type Database, type Sql } from '../../store/engine/database.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { countUnaccepted } from '../../store/debts/upgraded.ts'
import { readUpgrade, saveUpgradeAccepted, type UpgradeStep } from '../../store/settings/upgrade.ts'
import { audited, type Actor } from '../audited.ts'
import { type Upgrading } from './upgrade.ts'

type AcceptDeps = {
  readonly db: Database
  readonly clock: () => number
  readonly newId: NewId
  readonly upgrading: Pick<Upgrading, 'request'>
}

type UpgradeState = {
  /** Where it is with what an older release left. */
  readonly step: UpgradeStep
  readonly accepted: boolean
  /** Debts that are held because they would grant something. */
  readonly held: number
}

/** How far it is with what an older release left; a store that no older one made has nothing to do. */
export async function upgradeState(sql: Sql): Promise<UpgradeState> {
  const upgrade = await readUpgrade(sql)
  if (!upgrade) return { step: 'done', accepted: true, held: 0 }
  return { step: upgrade.step, accepted: upgrade.isAccepted, held: await countUnaccepted(sql) }
}

/** What the upgrade grants is written from now on, what was held for it at once. Doing it again changes nothing. */
export async function acceptUpgrade(deps: AcceptDeps, { actor }: { readonly actor: Actor }): Promise<UpgradeState> {
  const state = await deps.db.transaction(async tx => {
    const before = await upgradeState(tx)
    if (before.accepted) return before
    await saveUpgradeAccepted(tx)
    await audited(tx, deps, { actor, action: 'upgrade.accepted', subject: 'upgrade' })
    return { ...before, accepted: true }
  })
  deps.upgrading.request()
  return state
}
