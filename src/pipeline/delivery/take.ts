import { assertsOnly } from '../../domain/hold.ts'
import { type SetAside } from '../../domain/mapping.ts'
import { recordIntents } from '../../store/debts/attempts.ts'
import { type Sql } from '../../store/engine/database.ts'
import { markSending, postpone, PRIORITIES, settle, type Ended } from '../../store/debts/deliveries.ts'
import { dueAssertions, dueDebts } from '../../store/debts/due-debts.ts'
import { intentOf, type Assignment } from './assign.ts'
import { type Ready } from './decide-debt.ts'
import { decideAll, settledUndecided, type DueOf, type Undecided } from './decide-due.ts'
import { sorted, type Sorting } from './sorted.ts'

export type TakeRequest = Sorting & {
  readonly ready: readonly Ready[]
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

/** Due debts of contacts that must not be asked now and that are looked past to find others. */
const MOST_PASSED = 200

/**
 * Takes due debts, withdrawals first (R23): decides each on all facts, settles those that need no request, and
 * records the others as attempts in the same transaction (I6). What it returns may be sent once that committed.
 */
export async function takeDue(tx: Sql, { ready, ...sorting }: TakeRequest): Promise<Taken> {
  const { room, avoided, busy, resting, now } = sorting
  const passed = (avoided.size + busy.size + resting.size) * ready.length
  const due = await mostUrgentDue(tx, ready, now, room + Math.min(passed, MOST_PASSED))
  if (due.length === 0) return NOTHING_TAKEN
  const { decided, undecided: failed } = await decideAll(tx, due, now)
  const { assignments, settlements: done, postponed, undecided: failedLate } = sorted(decided, sorting)
  const undecided = [...failed, ...failedLate]
  const settlements = [...done, ...undecided.map(each => settledUndecided(each, now))]
  const ended = settlements.length > 0 ? await settle(tx, settlements) : []
  if (postponed.length > 0) await postpone(tx, postponed)
  if (assignments.length > 0) await recordAll(tx, assignments)
  return {
    assignments,
    ended,
    settled: settlements.length,
    undecided,
    left: due.length - settlements.length - postponed.length - assignments.length,
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
