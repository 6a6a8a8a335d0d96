import { assertsOnly } from '../../domain/hold.ts'
import { type SetAside } from '../../domain/mapping.ts'
import { recordIntents } from '../../store/debts/attempts.ts'
import { type Sql } from '../../store/engine/database.ts'
import { markSending, PRIORITIES, settle, type Ended, type Settlement } from '../../store/debts/deliveries.ts'
import { dueAssertions, dueDebts } from '../../store/debts/due-debts.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { assign, contactPath, intentOf, type Assignment } from './assign.ts'
import { type Decided, type Ready } from './decide-debt.ts'
import { decideAll, settledUndecided, settledWithout, undecidedFor, type DueOf, type Undecided } from './decide-due.ts'

export type TakeRequest = {
  readonly ready: readonly Ready[]
  readonly room: number
  /** Contacts with a request in flight, which must stay the only one (I4). */
  readonly busy: ReadonlySet<string>
  /** Contacts that must not be asked now, though they are due (R26). */
  readonly avoided: ReadonlySet<string>
  readonly now: number
  readonly newId: NewId
}

export type Taken = {
  readonly assignments: readonly Assignment[]
  readonly ended: readonly Ended[]
  readonly settled: number
  /** Those that ended because they cannot be decided. */
  readonly undecided: readonly Undecided[]
  /** Due debts that had to stay because their contact is busy or avoided. */
  readonly left: number
  /** Fields that could not be filled, by audience: perhaps it changed. */
  readonly setAside: readonly { readonly audienceId: string; readonly code: SetAside['code'] }[]
}

export const NOTHING_TAKEN: Taken = { assignments: [], ended: [], settled: 0, undecided: [], left: 0, setAside: [] }

/** Due debts of avoided contacts that are looked past to find others. */
const MOST_AVOIDED = 200

/**
 * Takes due debts, withdrawals first (R23): decides each on all facts, settles those that need no request, and
 * records the others as attempts in the same transaction (I6). What it returns may be sent once that committed.
 */
export async function takeDue(tx: Sql, { ready, room, busy, avoided, now, newId }: TakeRequest): Promise<Taken> {
  const due = await mostUrgentDue(tx, ready, now, room + Math.min(avoided.size * ready.length, MOST_AVOIDED))
  if (due.length === 0) return NOTHING_TAKEN
  const { decided, undecided: failed } = await decideAll(tx, due, now)
  const undecided = [...failed]
  const settlements: Settlement[] = []
  const assignments: Assignment[] = []
  const taken = new Set([...busy, ...avoided])
  const take = (each: Decided): void => {
    const { plan } = each.decision
    if (plan.do === 'skip') {
      settlements.push(settledWithout(each, now))
      return
    }
    const contact = contactPath(each.ready.integration, plan, each.decision.record)
    const isPassed = taken.has(contact) || assignments.length === room
    if (each.contactKey === undefined || isPassed) return
    assignments.push(assign(each, { plan, contact, contactKey: each.contactKey, now, newId }))
    taken.add(contact)
  }
  for (const each of decided) {
    try {
      take(each)
    } catch (error) {
      undecided.push(undecidedFor(each, error))
    }
  }
  settlements.push(...undecided.map(each => settledUndecided(each, now)))
  const ended = settlements.length > 0 ? await settle(tx, settlements) : []
  if (assignments.length > 0) await recordAll(tx, assignments)
  return {
    assignments,
    ended,
    settled: settlements.length,
    undecided,
    left: due.length - settlements.length - assignments.length,
    setAside: decided.flatMap(({ ready: { integration }, decision }) =>
      decision.desired.setAside.map(({ code }) => ({ audienceId: integration.settings.audienceId, code })),
    ),
  }
}

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
