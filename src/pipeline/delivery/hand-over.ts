import { claimedAs } from '../../domain/taken-tag.ts'
import { nameOf } from '../../domain/target.ts'
import { about, joined } from '../../domain/window.ts'
import { assertFor, dropDebts, overWindows } from '../../store/debts/assertions.ts'
import { debtKey, type WindowOf } from '../../store/debts/delivery-columns.ts'
import { type Sql } from '../../store/engine/database.ts'
import { currentWindows, keepWindows } from '../../store/debts/windows.ts'
import { type Integration } from '../../store/settings/integrations.ts'
import { fillersOf } from '../../store/settings/tag-claims.ts'

/**
 * R22: at the end of a window, a tag is asserted by the enabled integration that fills it then, so an integration that
 * leaves hands over what others fill, and keeps the rest. Another integration has a debt for the same contact if both
 * read one source and find contacts the same way. Gives the integrations that have something to assert now.
 */
export async function handOver(tx: Sql, leaving: Integration, now: number): Promise<readonly string[]> {
  const { dataCentre, audienceId, options } = leaving.settings
  const fillers = await fillersOf(tx, { dataCentre, audienceId, sourceId: leaving.sourceId })
  const heirOf = new Map(fillers.filter(({ match }) => match === options.match).map(({ tag, id }) => [tag, id]))
  if (heirOf.size === 0) return []
  const fillerOf = (target: string): string | undefined => heirOf.get(claimedAs(nameOf(target)))
  const over = await overWindows(tx, leaving.id, now)
  const given = over.flatMap(({ person, window }) =>
    [...new Set(heirOf.values())].flatMap((integrationId): WindowOf[] => {
      const own = about(window, target => fillerOf(target) === integrationId)
      return own ? [{ integrationId, person, window: own }] : []
    }),
  )
  const taken = await take(tx, given, now)
  const isKept = (person: string, target: string): boolean =>
    !taken.has(debtKey({ integrationId: fillerOf(target) ?? '', person }))
  const left = over.flatMap(({ window, ...debt }) => {
    const own = about(window, target => isKept(debt.person, target))
    return own ? [{ ...debt, window: own }] : []
  })
  const kept = new Set(left.map(debtKey))
  await keepWindows(tx, left)
  await dropDebts(
    tx,
    over.filter(debt => !kept.has(debtKey(debt))),
  )
  return [...new Set(given.filter(debt => taken.has(debtKey(debt))).map(({ integrationId }) => integrationId))]
}

/** Gives the debts that there are, by `debtKey`; they are due, with their own windows and these. */
async function take(tx: Sql, given: readonly WindowOf[], now: number): Promise<ReadonlySet<string>> {
  const own = await currentWindows(tx, given)
  const windows = given.map(({ window, ...debt }) => {
    const open = own.get(debtKey(debt))
    return { ...debt, window: open ? joined(open, window) : window }
  })
  return new Set((await assertFor(tx, windows, now)).map(debtKey))
}
