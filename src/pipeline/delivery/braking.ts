import { brake, isOpen, mayLose, type Verdict } from '../../domain/brake.ts'
import { assertsOnly } from '../../domain/hold.ts'
import {
  brakesOf,
  countLost,
  keepBraked,
  lockBrakes,
  lostLately,
  openBrake,
  peopleOf,
  type KeptBrake,
} from '../../store/contacts/brakes.ts'
import { type Sql } from '../../store/engine/database.ts'
import { type Decided } from './decide-debt.ts'

/** A decided debt, and how it is decided without what it retracts. */
export type Brakable = { readonly decided: Decided; readonly braked: () => Decided }

/** R33: debts as they may go now. What rests on a retraction alone waits where too many of a source would lose something. */
export async function underBrake(tx: Sql, brakable: readonly Brakable[], now: number): Promise<Decided[]> {
  const all = brakable.map(({ decided }) => decided)
  const done = all.filter(hasNothingToRetract)
  if (done.length > 0) await keepBraked(tx, done.map(toKeep(undefined)))
  const waiting = new Set<Decided>()
  const retracting = all.filter(({ retracts }) => retracts)
  // In one order everywhere, so that no two transactions wait for each other.
  for (const sourceId of [...new Set(retracting.map(sourceOf))].sort()) {
    const own = retracting.filter(each => sourceOf(each) === sourceId)
    for (const each of await waitingIn(tx, { sourceId, own, now })) waiting.add(each)
  }
  return brakable.map(({ decided, braked }) => (waiting.has(decided) ? braked() : decided))
}

const sourceOf = ({ ready }: Decided): string => ready.integration.sourceId

/** Of a debt with something set aside, or that only asserts, it is not known what it would retract besides. */
const hasNothingToRetract = ({ debt, ready, retracts, decision }: Decided): boolean =>
  debt.brakeId !== undefined && !retracts && decision.desired.setAside.length === 0 && !assertsOnly(ready.integration)

const toKeep =
  (brakeId: string | undefined, waits = false) =>
  ({ debt: { integrationId, person } }: Decided) => ({ integrationId, person, brakeId, waits })

type OfSource = { readonly sourceId: string; readonly own: readonly Decided[]; readonly now: number }

async function waitingIn(tx: Sql, { sourceId, own, now }: OfSource): Promise<readonly Decided[]> {
  await lockBrakes(tx, sourceId)
  const ids = own.flatMap(({ debt }) => debt.brakeId ?? [])
  const brakes = new Map((await brakesOf(tx, { sourceId, ids })).map(each => [each.id, each]))
  const behind = ({ debt }: Decided): KeptBrake | undefined => brakes.get(debt.brakeId ?? '')
  const people = own.map(({ debt }) => debt.person)
  const { counted, among } = await lostLately(tx, { sourceId, people, now })
  const open = [...brakes.values()].find(each => isOpen(each, now))
  const verdicts = brake(
    own.map(each => ({ person: each.debt.person, isCounted: among.has(each.debt.person), behind: behind(each) })),
    { counted, open, now, people: counted + own.length > mayLose(0) ? await peopleOf(tx, { sourceId, now }) : 0 },
  )
  const having = (verdict: Verdict): Decided[] => own.filter((_, index) => verdicts[index] === verdict)
  const lost = having('counts').map(({ debt }) => debt.person)
  if (lost.length > 0) await countLost(tx, { sourceId, people: lost, now })
  const waiting = having('waits')
  const joining = waiting.filter(each => !behind(each))
  const joined = joining.length > 0 ? (open?.id ?? (await openBrake(tx, { sourceId, now }))) : undefined
  const kept = [
    ...waiting.map(each => toKeep(behind(each)?.id ?? joined, true)(each)),
    ...having('goes').flatMap(each => {
      const id = behind(each)?.id
      return id === undefined ? [] : [toKeep(id)(each)]
    }),
  ]
  if (kept.length > 0) await keepBraked(tx, kept)
  return waiting
}
