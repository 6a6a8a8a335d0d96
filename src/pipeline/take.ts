import { type Decision } from '../domain/decide.ts'
import { heldFor, settled, type Debt, type Next } from '../domain/delivery.ts'
import { type Isolation } from '../domain/isolation.ts'
import { type SetAside } from '../domain/mapping.ts'
import { withdrawsAny, type Fields, type Request } from '../domain/plan.ts'
import { underWindow, type Window } from '../domain/window.ts'
import { contactKey } from '../mailchimp/address.ts'
import { requestFor } from '../mailchimp/requests.ts'
import { type ApiRequest } from '../mailchimp/client.ts'
import { recordIntents, type Carried } from '../store/attempts.ts'
import { type Sql } from '../store/database.ts'
import { debtKey, lastDelivered } from '../store/delivered.ts'
import {
  dueDebts,
  markSending,
  PRIORITIES,
  settle,
  type DueDebt,
  type Ended,
  type Settlement,
} from '../store/deliveries.ts'
import { factsOf, personKey } from '../store/facts.ts'
import { type NewId } from '../store/ids.ts'
import { type Integration } from '../store/integrations.ts'
import { decideDebt, type Decided, type Ready } from './decide-debt.ts'

/** A request that is recorded and must now be sent. */
export type Assignment = {
  readonly attemptId: string
  readonly integration: Integration
  readonly person: string
  readonly revision: number
  readonly debt: Debt
  /** What Mailchimp had refused before this attempt. */
  readonly refused: Fields
  readonly isolation: Isolation
  /** What Mailchimp may still apply of older attempts (R22). */
  readonly window: Window | undefined
  readonly carried: readonly Carried[]
  /** The newest fact that it takes into account. */
  readonly lastFact: string | undefined
  readonly decision: Decision
  readonly plan: Request
  readonly contact: string
  readonly request: ApiRequest
  readonly startedAt: number
}

export type TakeRequest = {
  readonly ready: readonly Ready[]
  readonly room: number
  /** Contacts with a request in flight, which must stay the only one (I4). */
  readonly busy: ReadonlySet<string>
  readonly now: number
  readonly newId: NewId
}

export type Taken = {
  readonly assignments: readonly Assignment[]
  readonly ended: readonly Ended[]
  readonly settled: number
  /** Due debts that had to stay because their contact is busy. */
  readonly left: number
  /** Fields that could not be filled, by audience: perhaps it changed. */
  readonly setAside: readonly { readonly audienceId: string; readonly code: SetAside['code'] }[]
}

export const NOTHING_TAKEN: Taken = { assignments: [], ended: [], settled: 0, left: 0, setAside: [] }

/**
 * Takes due debts, withdrawals first (R23): decides each on all facts, settles those that need no request, and
 * records the others as attempts in the same transaction (I6). What it returns may be sent once that committed.
 */
export async function takeDue(tx: Sql, { ready, room, busy, now, newId }: TakeRequest): Promise<Taken> {
  const due = await mostUrgentDue(tx, ready, now, room)
  if (due.length === 0) return NOTHING_TAKEN
  const decided = await decideAll(tx, due, now)
  const settlements: Settlement[] = []
  const assignments: Assignment[] = []
  const taken = new Set(busy)
  for (const each of decided) {
    const { plan } = each.decision
    if (plan.do === 'skip') {
      settlements.push(settledWithout(each, now))
      continue
    }
    const contact = contactPath(each.ready.integration, plan)
    if (taken.has(contact)) continue
    taken.add(contact)
    assignments.push(assign(each, { plan, contact, now, newId }))
  }
  const ended = settlements.length > 0 ? await settle(tx, settlements) : []
  if (assignments.length > 0) await recordAll(tx, assignments)
  return {
    assignments,
    ended,
    settled: settlements.length,
    left: due.length - settlements.length - assignments.length,
    setAside: decided.flatMap(({ ready: { integration }, decision }) =>
      decision.desired.setAside.map(({ code }) => ({ audienceId: integration.settings.audienceId, code })),
    ),
  }
}

type DueOf = { readonly debt: DueDebt; readonly ready: Ready }

async function mostUrgentDue(tx: Sql, ready: readonly Ready[], now: number, limit: number): Promise<DueOf[]> {
  const due: DueOf[] = []
  for (const priority of PRIORITIES) {
    for (const own of ready) {
      if (due.length >= limit) return due
      const query = { integrationId: own.integration.id, priority, now, limit: limit - due.length }
      due.push(...(await dueDebts(tx, query)).map(debt => ({ debt, ready: own })))
    }
  }
  return due
}

async function decideAll(tx: Sql, due: readonly DueOf[], now: number): Promise<Decided[]> {
  const people = due.map(({ debt, ready }) => ({ source_id: ready.integration.sourceId, person: debt.person }))
  const facts = await factsOf(tx, people)
  const last = await lastDelivered(
    tx,
    due.map(({ debt }) => keyOf(debt)),
  )
  return due.flatMap(({ debt, ready }, index) => {
    const person = people[index]
    if (!person) return []
    const own = facts.get(personKey(person)) ?? []
    return [decideDebt(debt, ready, { facts: own, last: last.get(debtKey(keyOf(debt))), now })]
  })
}

/** There is nothing to send; an open window is waited for nevertheless (R22). */
function settledWithout({ debt, decision, refused, isolation, window, confirmed }: Decided, now: number): Settlement {
  const end = underWindow(endOf(decision), window, { confirmed, sentAt: now, now })
  return { ...keyOf(debt), revision: debt.revision, at: now, refused, isolation, ...end }
}

const endOf = ({ plan, desired }: Decision): Next => {
  if (desired.setAside.length > 0) return heldFor(desired.setAside)
  return settled('skipped', plan.do === 'skip' ? plan.because : undefined)
}

/** One contact at Mailchimp, whichever of its integrations speaks of it. */
const contactPath = ({ settings }: Integration, plan: Request): string =>
  `${settings.audienceId}/${contactKey(plan.contact)}`

type Assigning = {
  readonly plan: Request
  readonly contact: string
  readonly now: number
  readonly newId: NewId
}

const assign = (
  { debt, ready, decision, refused, isolation, window, carried, lastFact }: Decided,
  { plan, contact, now, newId }: Assigning,
): Assignment => ({
  attemptId: newId('att'),
  integration: ready.integration,
  person: debt.person,
  revision: debt.revision,
  debt: {
    failed: debt.failed,
    firstFailedAt: debt.first_failed_at ?? undefined,
    carriesWithdrawal:
      debt.carries_withdrawal === 1 || withdrawsAny(plan.fields, decision.lastDelivered, decision.desired.lists),
  },
  refused,
  isolation,
  window,
  carried,
  lastFact,
  decision,
  plan,
  contact,
  request: requestFor(plan, ready.integration.settings.audienceId),
  startedAt: now,
})

const keyOf = (debt: DueDebt) => ({ integrationId: debt.integration_id, person: debt.person })

async function recordAll(tx: Sql, assignments: readonly Assignment[]): Promise<void> {
  await markSending(
    tx,
    assignments.map(({ integration, person, debt }) => ({
      integrationId: integration.id,
      person,
      carriesWithdrawal: debt.carriesWithdrawal,
    })),
  )
  await recordIntents(
    tx,
    assignments.map(({ attemptId, integration, person, revision, request, carried, startedAt }) => ({
      id: attemptId,
      integrationId: integration.id,
      person,
      revision,
      startedAt,
      method: request.method,
      path: request.path,
      request: JSON.stringify(request.body),
      carried,
    })),
  )
}
