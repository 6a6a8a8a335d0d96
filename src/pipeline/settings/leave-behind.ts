import { type Settings } from '../../domain/integration.ts'
import { goesOn, LEAVES_WITHIN, leavingDocument } from '../../domain/leaving.ts'
import { about, joined, widened } from '../../domain/window.ts'
import { fieldsIn } from '../../mailchimp/targets.ts'
import { pendingWindows } from '../../store/debts/assertions.ts'
import { cutShort } from '../../store/debts/batches.ts'
import { debtKey, type WindowOf } from '../../store/debts/delivery-columns.ts'
import { endWindowsOf, hasOpenDebts, insertLeavingDebts, keepOpenDebts } from '../../store/debts/leaving-debts.ts'
import { openAttempts } from '../../store/debts/windows.ts'
import { type Sql } from '../../store/engine/database.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { type Integration } from '../../store/settings/integrations.ts'
import { insertLeaving, setLeaving } from '../../store/settings/leaving.ts'

type LeaveDeps = {
  readonly clock: () => number
  readonly newId: NewId
  /** How long Mailchimp may still apply a request of unknown outcome after it left, in ms. */
  readonly windowMs: number
}

/**
 * R22: what Mailchimp may still apply by a document outlives it. Where the document that takes its place does not go
 * on to fill a target, the old one stays, with its key, as an integration that leaves.
 */
export async function leaveBehind(
  tx: Sql,
  { clock, newId, windowMs }: LeaveDeps,
  { before, after }: { readonly before: Integration; readonly after: Settings },
): Promise<void> {
  if (!before.settings.enabled) return
  const at = clock()
  const isKept = goesOn(before.settings, after)
  const windows = (await allWindows(tx, before.id, { at, windowMs })).flatMap(({ window, ...debt }) => {
    const own = about(window, target => !isKept(target))
    return own ? [{ ...debt, window: own }] : []
  })
  if (windows.length === 0) return
  const id = newId('int')
  const settings = leavingDocument(before.settings, after)
  const { sourceId, credentialId } = before
  await insertLeaving(tx, {
    id,
    leftFrom: before.id,
    sourceId,
    credentialId,
    settings,
    at,
    leavesAt: at + LEAVES_WITHIN,
  })
  await insertLeavingDebts(tx, { to: id, windows, at })
  if (settings.mappings.length === before.settings.mappings.length) await endWindowsOf(tx, before.id)
}

/** The windows of an integration, as if every request under way ended unclear. */
async function allWindows(
  tx: Sql,
  integrationId: string,
  { at, windowMs }: { readonly at: number; readonly windowMs: number },
): Promise<WindowOf[]> {
  const all = new Map((await pendingWindows(tx, integrationId, at)).map(each => [debtKey(each), each]))
  for (const { person, request, contact } of await openAttempts(tx, integrationId)) {
    const key = debtKey({ integrationId, person })
    const window = widened(undefined, { fields: fieldsIn(request), sentAt: at, until: at + windowMs, contact })
    const own = all.get(key)
    all.set(key, { integrationId, person, window: own ? joined(own.window, window) : window })
  }
  return [...all.values()]
}

/**
 * R22: an integration that is removed stays, with its key, while something of it is under way or may still be applied.
 * Gives by when it is gone; undefined when nothing keeps it.
 */
export async function leave(
  tx: Sql,
  { clock }: Pick<LeaveDeps, 'clock'>,
  { id, settings }: Integration,
): Promise<number | undefined> {
  const at = clock()
  if (!settings.enabled || !(await hasOpenDebts(tx, id, at))) return undefined
  const leavesAt = at + LEAVES_WITHIN
  await setLeaving(tx, { id, at, leavesAt })
  await keepOpenDebts(tx, { integrationId: id, now: at })
  await cutShort(tx, { integrationId: id, at })
  return leavesAt
}
