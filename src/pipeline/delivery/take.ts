import { assertsOnly } from '../../domain/hold.ts'
import { type SetAside } from '../../domain/mapping.ts'
import { recordIntents } from '../../store/debts/attempts.ts'
import { type Sql } from '../../store/engine/database.ts'
import { markSending, postpone, PRIORITIES, settle, type Ended } from '../../store/debts/deliveries.ts'
import { dueAssertions, dueDebts } from '../../store/debts/due-debts.ts'
import { intentOf, type Assignment } from './assign.ts'
import { type Decided, type Ready } from './decide-debt.ts'
import { decideAll, settledUndecided, type DueOf, type Undecided } from './decide-due.ts'
import { sorted, type Sorted, type Sorting } from './sorted.ts'

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
  const { found, decided, assignments, settlements, postponed, undecided } = await look(tx, ready, sorting)
  if (found === 0) return NOTHING_TAKEN
  const ended = settlements.length > 0 ? await settle(tx, settlements) : []
  if (postponed.length > 0) await postpone(tx, postponed)
  if (assignments.length > 0) await recordAll(tx, assignments)
  return {
    assignments,
    ended,
    settled: settlements.length,
    undecided,
    left: found - settlements.length - postponed.length - assignments.length,
    setAside: decided.flatMap(({ ready: { integration }, decision }) =>
      decision.desired.setAside.map(({ code }) => ({ audienceId: integration.settings.audienceId, code })),
    ),
  }
}

type Look = Sorted & {
  /** How many were due, which are no more than were asked for. */
  readonly found: number
  readonly decided: readonly Decided[]
}

/** Where some have to stay and there is still room, others are looked for behind them. */
async function look(tx: Sql, ready: readonly Ready[], sorting: Sorting): Promise<Look> {
  const { room, avoided, busy, resting } = sorting
  const behind = (contacts: number): number => room + Math.min(contacts * ready.length, MOST_PASSED)
  const [near, far] = [behind(avoided.size), behind(avoided.size + busy.size + resting.size)]
  const first = await lookAt(tx, ready, sorting, near)
  const { found, assignments, settlements } = first
  const isBlocked = found === near && assignments.length < room && assignments.length + settlements.length < found
  return isBlocked && far > near ? lookAt(tx, ready, sorting, far) : first
}

async function lookAt(tx: Sql, ready: readonly Ready[], sorting: Sorting, limit: number): Promise<Look> {
  const { now } = sorting
  const due = await mostUrgentDue(tx, ready, now, limit)
  const { decided, undecided: failed } = await decideAll(tx, due, now)
  const piles = sorted(decided, sorting)
  const undecided = [...failed, ...piles.undecided]
  const settlements = [...piles.settlements, ...undecided.map(each => settledUndecided(each, now))]
  return { ...piles, found: due.length, decided, settlements, undecided }
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
