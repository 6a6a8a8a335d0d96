import { behindOf, brake, isOpen, mayLose, unknownOf, type BrakedTarget } from '../../domain/brake.ts'
import { groupBy } from '../../domain/group.ts'
import { assertsOnly } from '../../domain/hold.ts'
import { brakedTargetsOf, keepBraked } from '../../store/contacts/braked-targets.ts'
import { brakesOf, countLost, lockBrakes, lostLately, openBrake, peopleOf } from '../../store/contacts/brakes.ts'
import { debtKey } from '../../store/debts/delivery-columns.ts'
import { type Sql } from '../../store/engine/database.ts'
import { type Decided } from './decide-debt.ts'

/** A decided debt, and how it is decided without what it retracts under these targets. */
export type Brakable = { readonly decided: Decided; readonly without: (targets: readonly string[]) => Decided }

/** R33: debts as they may go now. What rests on a retraction alone waits where too many of a source would lose something. */
export async function underBrake(tx: Sql, brakable: readonly Brakable[], now: number): Promise<Decided[]> {
  const concerned = brakable
    .map(({ decided }) => decided)
    .filter(({ debt, retracts }) => debt.isBraked || retracts.length > 0)
  if (concerned.length === 0) return brakable.map(({ decided }) => decided)
  const before = await brakedTargetsOf(
    tx,
    concerned.map(({ debt }) => debt),
  )
  const beforeOf = ({ debt }: Decided): readonly BrakedTarget[] => before.get(debtKey(debt)) ?? []
  const ruled = new Map(concerned.map(decided => [decided, unknownNow(decided, beforeOf(decided))]))
  const retractions = concerned.flatMap(decided =>
    decided.retracts.map(target => ({ decided, target, behind: behindOf(beforeOf(decided), target) })),
  )
  // In one order everywhere, so that no two transactions wait for each other.
  const bySource = groupBy(retractions, ({ decided }) => decided.ready.integration.sourceId)
  for (const sourceId of [...bySource.keys()].sort())
    for (const { decided, ...braked } of await rule(tx, { sourceId, own: bySource.get(sourceId) ?? [], now }))
      ruled.get(decided)?.push(braked)
  await keepBraked(
    tx,
    [...ruled].flatMap(([{ debt }, targets]) =>
      debt.isBraked || targets.length > 0 ? [{ integrationId: debt.integrationId, person: debt.person, targets }] : [],
    ),
  )
  return brakable.map(({ decided, without }) => {
    const waiting = (ruled.get(decided) ?? []).filter(({ waits }) => waits)
    return waiting.length > 0 ? without(waiting.map(({ target }) => target)) : decided
  })
}

/** What was braked of a debt, and of which it is not known whether it retracts that still. */
const unknownNow = ({ ready, retracts, decision }: Decided, before: readonly BrakedTarget[]): BrakedTarget[] =>
  (assertsOnly(ready.integration) ? [...before] : unknownOf(before, decision.desired.setAside)).filter(
    ({ target }) => !retracts.includes(target),
  )

/** A target that a debt retracts, and the problem behind which it waits, or waited. */
type Retraction = { readonly decided: Decided; readonly target: string; readonly behind: string | undefined }

type OfSource = { readonly sourceId: string; readonly own: readonly Retraction[]; readonly now: number }

type Ruled = BrakedTarget & { readonly decided: Decided }

/** What of a source waits now, and what goes that waited before. */
async function rule(tx: Sql, { sourceId, own, now }: OfSource): Promise<Ruled[]> {
  await lockBrakes(tx, sourceId)
  const ids = [...new Set(own.flatMap(({ behind }) => behind ?? []))]
  const brakes = new Map((await brakesOf(tx, { sourceId, ids })).map(each => [each.id, each]))
  const people = [...new Set(own.map(({ decided }) => decided.debt.person))]
  const { counted, among } = await lostLately(tx, { sourceId, people, now })
  const open = [...brakes.values()].find(each => isOpen(each, now))
  const verdicts = brake(
    own.map(({ decided: { debt }, behind }) => ({
      person: debt.person,
      isCounted: among.has(debt.person),
      behind: brakes.get(behind ?? ''),
    })),
    {
      counted,
      open,
      now,
      people: counted + people.length > mayLose(0) ? await peopleOf(tx, { sourceId, now }) : 0,
    },
  )
  const lost = own.filter((_, index) => verdicts[index] === 'counts').map(({ decided }) => decided.debt.person)
  if (lost.length > 0) await countLost(tx, { sourceId, people: lost, now })
  const isJoining = own.some(({ behind }, index) => verdicts[index] === 'waits' && !brakes.has(behind ?? ''))
  const joined = isJoining ? (open?.id ?? (await openBrake(tx, { sourceId, now }))) : undefined
  return own.flatMap(({ decided, target, behind }, index): Ruled[] => {
    const waits = verdicts[index] === 'waits'
    const brakeId = brakes.get(behind ?? '')?.id ?? (waits ? joined : undefined)
    return brakeId === undefined || verdicts[index] === 'counts' ? [] : [{ decided, target, brakeId, waits }]
  })
}
