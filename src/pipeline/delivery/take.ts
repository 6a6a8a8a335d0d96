import { type Request } from '../../domain/plan.ts'
import { cannotWait, type Rest } from '../../domain/resting.ts'
import { assertsOnly } from '../../domain/hold.ts'
import { type SetAside } from '../../domain/mapping.ts'
import { recordIntents } from '../../store/debts/attempts.ts'
import { type Sql } from '../../store/engine/database.ts'
import { markSending, postpone, PRIORITIES, settle, type Ended, type Settlement } from '../../store/debts/deliveries.ts'
import { type DebtKey } from '../../store/debts/delivery-columns.ts'
import { dueAssertions, dueDebts } from '../../store/debts/due-debts.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { assign, contactPath, intentOf, type Assignment } from './assign.ts'
import { type Decided, type Ready } from './decide-debt.ts'
import { decideAll, keyOf, settledWithout, type DueOf } from './decide-due.ts'

export type TakeRequest = {
  readonly ready: readonly Ready[]
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

export type Taken = {
  readonly assignments: readonly Assignment[]
  readonly ended: readonly Ended[]
  readonly settled: number
  /** Due debts that had to stay because their contact is busy or avoided. */
  readonly left: number
  /** Fields that could not be filled, by audience: perhaps it changed. */
  readonly setAside: readonly { readonly audienceId: string; readonly code: SetAside['code'] }[]
}

export const NOTHING_TAKEN: Taken = { assignments: [], ended: [], settled: 0, left: 0, setAside: [] }

/** Due debts of avoided contacts that are looked past to find others. */
const MOST_AVOIDED = 200

/**
 * Takes due debts, withdrawals first (R23): decides each on all facts, settles those that need no request, and
 * records the others as attempts in the same transaction (I6). What it returns may be sent once that committed.
 */
export async function takeDue(tx: Sql, request: TakeRequest): Promise<Taken> {
  const { ready, room, busy, avoided, now, newId } = request
  const due = await mostUrgentDue(tx, ready, now, room + Math.min(avoided.size * ready.length, MOST_AVOIDED))
  if (due.length === 0) return NOTHING_TAKEN
  const decided = await decideAll(tx, due, now)
  const settlements: Settlement[] = []
  const assignments: Assignment[] = []
  const postponed: (DebtKey & { readonly dueAt: number })[] = []
  const taken = new Set([...busy, ...avoided])
  let { mayHurry } = request
  for (const each of decided) {
    const { plan } = each.decision
    if (plan.do === 'skip') {
      settlements.push(settledWithout(each, now))
      continue
    }
    const contact = contactPath(each.ready.integration, plan, each.decision.record)
    const rest = restOf(contact, request)
    if (rest && !hurries(each, plan, rest)) {
      postponed.push({ ...keyOf(each.debt), dueAt: rest.until })
      continue
    }
    if (rest && !mayHurry) continue
    const isPassed = taken.has(contact) || assignments.length === room
    if (each.contactKey === undefined || isPassed) continue
    if (rest) mayHurry = false
    taken.add(contact)
    assignments.push(assign(each, { plan, contact, contactKey: each.contactKey, now, newId }))
  }
  const ended = settlements.length > 0 ? await settle(tx, settlements) : []
  if (postponed.length > 0) await postpone(tx, postponed)
  if (assignments.length > 0) await recordAll(tx, assignments)
  return {
    assignments,
    ended,
    settled: settlements.length,
    left: due.length - settlements.length - postponed.length - assignments.length,
    setAside: decided.flatMap(({ ready: { integration }, decision }) =>
      decision.desired.setAside.map(({ code }) => ({ audienceId: integration.settings.audienceId, code })),
    ),
  }
}

/** While it lasts. */
function restOf(contact: string, { resting, now }: TakeRequest): Rest | undefined {
  const rest = resting.get(contact)
  return rest && rest.until > now ? rest : undefined
}

const hurries = ({ debt, decision }: Decided, { fields }: Request, rest: Rest): boolean =>
  cannotWait(rest, { fields, lists: decision.desired.lists, carriesWithdrawal: debt.carriesWithdrawal })

async function mostUrgentDue(tx: Sql, ready: readonly Ready[], now: number, limit: number): Promise<DueOf[]> {
  const due: DueOf[] = []
  for (const priority of PRIORITIES) {
    for (const own of ready) {
      if (due.length >= limit) return due
      const query = { integration: own.integration, priority, now, limit: limit - due.length }
      const found = assertsOnly(own.integration) ? await dueAssertions(tx, query) : await dueDebts(tx, query)
      due.push(...found.map(debt => ({ debt, ready: own })))
    }
  }
  return due
}

async function recordAll(tx: Sql, assignments: readonly Assignment[]): Promise<void> {
  await markSending(
    tx,
    assignments.map(({ integration, person, contactKey, debt }) => ({
      integrationId: integration.id,
      person,
      contact: contactKey.alias,
      carriesWithdrawal: debt.carriesWithdrawal,
    })),
  )
  await recordIntents(
    tx,
    assignments.map(assignment => intentOf(assignment)),
  )
}
