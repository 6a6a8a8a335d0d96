import { assertsOnly, heldBy, isOutage, nextHold, stopsAll, type Hold } from '../../domain/hold.ts'
import { BLOCK_SCOPE, type Outcome } from '../../domain/outcome.ts'
import { type Telemetry } from '../../telemetry.ts'
import { type Database, type Sql } from '../../store/engine/database.ts'
import { releaseHeld, reopenAbsent } from '../../store/debts/deliveries.ts'
import { pullForward } from '../../store/debts/windows.ts'
import { keptAsRead, setHold, type HoldTarget, type Integration } from '../../store/settings/integrations.ts'

export type HoldDeps = {
  readonly db: Database
  readonly clock: () => number
  readonly telemetry: Telemetry
  readonly reload: () => Promise<void>
}

/** A credential or an integration, and what holds it now. */
type Holder = HoldTarget & {
  readonly hold: Hold | undefined
  /** Of an integration: as it was read. */
  readonly updatedAt?: number
}

export type Blocked = Outcome & { readonly kind: 'blocked' }

export const holderOf = ({ id, hold, updatedAt }: Integration): Holder => ({
  table: 'integration',
  id,
  hold,
  updatedAt,
})

export const mayDeliver = (integration: Integration): boolean =>
  heldBy(integration, undefined) === undefined && integration.feed !== undefined

/** R22: what Mailchimp may have applied late is put right though nothing else may be delivered. */
export const mayAssert = (integration: Integration): boolean =>
  assertsOnly(integration) &&
  integration.settings.enabled &&
  integration.feed !== undefined &&
  !stopsAll(integration.hold)

/** R30: what was found out about a document says nothing about the one that replaced it. */
const isCurrent = async (tx: Sql, { id, updatedAt }: Holder): Promise<boolean> =>
  updatedAt === undefined || (await keptAsRead(tx, { id, updatedAt })) !== undefined

/** Holds it, or holds it for longer, until the next probe. `also` happens in the same transaction. */
export async function hold(
  { db, clock, telemetry, reload }: HoldDeps,
  holder: Holder,
  { cause, detail, also }: Pick<Hold, 'cause' | 'detail'> & { readonly also?: (tx: Sql) => Promise<unknown> },
): Promise<void> {
  const isHeld = await db.transaction(async tx => {
    if (!(await isCurrent(tx, holder))) return false
    await setHold(tx, holder, nextHold({ cause, detail }, { before: holder.hold, now: clock() }))
    await also?.(tx)
    return true
  })
  if (isHeld && holder.hold?.cause !== cause) telemetry.held({ table: holder.table, id: holder.id, cause })
  await reload()
}

/** Nothing holds it any more: what waited for that is due. */
export async function release({ db, clock, telemetry, reload }: HoldDeps, holder: Holder): Promise<void> {
  const isReleased = await db.transaction(async tx => {
    if (!(await isCurrent(tx, holder))) return false
    await setHold(tx, holder, undefined)
    if (isOutage(holder.hold))
      await pullForward(tx, { credentialId: holder.id, now: clock(), paused: clock() - holder.hold.since })
    if (holder.table === 'integration') await releaseHeld(tx, { integrationId: holder.id, now: clock() })
    return true
  })
  if (isReleased) telemetry.released({ table: holder.table, id: holder.id })
  await reload()
}

/**
 * R25: holds the key or the audience that a block strikes. No debt is touched, so none is lost and none burns an attempt. Contacts that
 * were taken for absent since the audience was last `seen` are due again: perhaps it was gone by then.
 */
export async function block(
  deps: HoldDeps,
  integration: Integration,
  { blocked: { cause, detail }, seen }: { readonly blocked: Blocked; readonly seen: number },
): Promise<void> {
  if (BLOCK_SCOPE[cause] === 'credential')
    return hold(deps, { table: 'credential', id: integration.credentialId, hold: undefined }, { cause, detail })
  const also = (tx: Sql) => reopenAbsent(tx, { integrationId: integration.id, since: seen, now: deps.clock() })
  return hold(deps, holderOf(integration), { cause, detail, also })
}
