import { type Request } from '../../domain/plan.ts'
import { cannotWait, type Rest } from '../../domain/resting.ts'
import { type Settlement } from '../../store/debts/deliveries.ts'
import { type DebtKey } from '../../store/debts/delivery-columns.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { assign, contactPath, type Assignment } from './assign.ts'
import { type Decided } from './decide-debt.ts'
import { keyOf, settledWithout, undecidedFor, type Undecided } from './decide-due.ts'

export type Sorting = {
  readonly room: number
  /** Contacts with a request in flight, which must stay the only one (I4). */
  readonly busy: ReadonlySet<string>
  /** Contacts whose last attempt ended unclear: asked only for a withdrawal that it did not carry (R24). */
  readonly resting: ReadonlyMap<string, Rest>
  /** Whether one of these may be asked nevertheless. */
  readonly mayHurry: boolean
  /** Contacts that must not be asked now, though they are due (R26). */
  readonly avoided: ReadonlySet<string>
  readonly now: number
  readonly newId: NewId
}

type Postponed = DebtKey & { readonly dueAt: number }

/** What becomes of decided debts; those in none of these stay as they are. */
export type Sorted = {
  readonly assignments: Assignment[]
  readonly settlements: Settlement[]
  readonly postponed: Postponed[]
  readonly undecided: Undecided[]
}

/** Sorts decided debts, the first ones first: which are sent, which need no request, and which wait for their contact. */
export function sorted(decided: readonly Decided[], sorting: Sorting): Sorted {
  const piles: Sorted = { assignments: [], settlements: [], postponed: [], undecided: [] }
  const taken = new Set([...sorting.busy, ...sorting.avoided])
  let { mayHurry } = sorting
  const sort = (each: Decided): void => {
    const { plan, record } = each.decision
    if (plan.do === 'skip') return void piles.settlements.push(settledWithout(each, sorting.now))
    const contact = contactPath(each.ready.integration, plan, record)
    const rest = restOf(contact, sorting)
    if (rest && !hurries(each, plan, rest)) return void piles.postponed.push({ ...keyOf(each.debt), dueAt: rest.until })
    const isPassed = taken.has(contact) || piles.assignments.length === sorting.room || (rest && !mayHurry)
    if (each.contactKey === undefined || isPassed) return
    piles.assignments.push(assign(each, { ...sorting, plan, contact, contactKey: each.contactKey }))
    taken.add(contact)
    if (rest) mayHurry = false
  }
  for (const each of decided) {
    try {
      sort(each)
    } catch (error) {
      piles.undecided.push(undecidedFor(each, error))
    }
  }
  return piles
}

/** While it lasts. */
function restOf(contact: string, { resting, now }: Sorting): Rest | undefined {
  const rest = resting.get(contact)
  return rest && rest.until > now ? rest : undefined
}

const hurries = ({ debt, decision }: Decided, { fields }: Request, rest: Rest): boolean =>
  cannotWait(rest, { fields, lists: decision.desired.lists, carriesWithdrawal: debt.carriesWithdrawal })
