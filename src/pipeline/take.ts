import { decide, type Decision } from '../domain/decide.ts'
import { heldFor, settled, type Debt, type Next } from '../domain/delivery.ts'
import { type Audience, type SetAside } from '../domain/mapping.ts'
import { withdrawsAny, type Fields, type Request } from '../domain/plan.ts'
import { contactKey } from '../mailchimp/address.ts'
import { requestFor } from '../mailchimp/requests.ts'
import { type ApiRequest } from '../mailchimp/client.ts'
import { recordIntents } from '../store/attempts.ts'
import { type Sql } from '../store/database.ts'
import { debtKey, lastDelivered, type LastDelivered } from '../store/delivered.ts'
import { dueDebts, markSending, PRIORITIES, settle, type DueDebt, type Settlement } from '../store/deliveries.ts'
import { factsOf, personKey } from '../store/facts.ts'
import { type NewId } from '../store/ids.ts'
import { type Integration } from '../store/integrations.ts'

/** An integration that may deliver now, with what it needs for it. */
export type Ready = { readonly integration: Integration; readonly audience: Audience }

/** A request that is recorded and must now be sent. */
export type Assignment = {
  readonly attemptId: string
  readonly integration: Integration
  readonly person: string
  readonly revision: number
  readonly debt: Debt
  /** What Mailchimp had refused before this attempt. */
  readonly refused: Fields
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
  readonly settled: number
  /** Due debts that had to stay because their contact is busy. */
  readonly left: number
  /** Fields that could not be filled, by audience: perhaps it changed. */
  readonly setAside: readonly { readonly audienceId: string; readonly code: SetAside['code'] }[]
}

export const NOTHING_TAKEN: Taken = { assignments: [], settled: 0, left: 0, setAside: [] }

/**
 * Takes due debts, withdrawals first (R23): decides each on all facts, settles those that need no request, and
 * records the others as attempts in the same transaction (I6). What it returns may be sent once that committed.
 */
export async function takeDue(tx: Sql, { ready, room, busy, now, newId }: TakeRequest): Promise<Taken> {
  const due = await mostUrgentDue(tx, ready, now, room)
  if (due.length === 0) return NOTHING_TAKEN
  const decided = await decideAll(tx, due)
  const settlements: Settlement[] = []
  const assignments: Assignment[] = []
  const taken = new Set(busy)
  for (const { debt, ready: own, decision } of decided) {
    if (decision.plan.do === 'skip') {
      const refused = refusedIn(debt)
      settlements.push({ ...keyOf(debt), revision: debt.revision, next: endOf(decision), at: now, refused })
      continue
    }
    const contact = contactPath(own.integration, decision.plan)
    if (taken.has(contact)) continue
    taken.add(contact)
    assignments.push(assign({ debt, own, decision, plan: decision.plan, contact, now, newId }))
  }
  if (settlements.length > 0) await settle(tx, settlements)
  if (assignments.length > 0) await recordAll(tx, assignments)
  return {
    assignments,
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

async function decideAll(tx: Sql, due: readonly DueOf[]) {
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
    const known = { last: last.get(debtKey(keyOf(debt))), refused: refusedIn(debt) }
    return [{ debt, ready, decision: decisionFor(debt.person, own, ready, known) }]
  })
}

// Written by `settle`, as an object of merge fields.
const refusedIn = ({ refused }: DueDebt): Fields => (refused === null ? {} : (JSON.parse(refused) as Fields))

export const decisionFor = (
  person: string,
  facts: Parameters<typeof decide>[0]['facts'],
  { integration, audience }: Ready,
  { last, refused }: { readonly last: LastDelivered | undefined; readonly refused: Fields },
): Decision =>
  decide({
    facts,
    person,
    audience,
    refused,
    feed: integration.feed ?? 'user',
    settings: integration.settings,
    lastDelivered: contact => (last?.certain && last.contact === contactKey(contact) ? last.fields : undefined),
  })

const endOf = ({ plan, desired }: Decision): Next => {
  if (desired.setAside.length > 0) return heldFor(desired.setAside)
  return settled('skipped', plan.do === 'skip' ? plan.because : undefined)
}

/** One contact at Mailchimp, whichever of its integrations speaks of it. */
const contactPath = ({ settings }: Integration, plan: Request): string =>
  `${settings.audienceId}/${contactKey(plan.contact)}`

type Assigning = {
  readonly debt: DueDebt
  readonly own: Ready
  readonly decision: Decision
  readonly plan: Request
  readonly contact: string
  readonly now: number
  readonly newId: NewId
}

const assign = ({ debt, own, decision, plan, contact, now, newId }: Assigning): Assignment => ({
  attemptId: newId('att'),
  integration: own.integration,
  person: debt.person,
  revision: debt.revision,
  debt: {
    failed: debt.failed,
    firstFailedAt: debt.first_failed_at ?? undefined,
    carriesWithdrawal:
      debt.carries_withdrawal === 1 || withdrawsAny(plan.fields, decision.lastDelivered, decision.desired.lists),
  },
  refused: refusedIn(debt),
  decision,
  plan,
  contact,
  request: requestFor(plan, own.integration.settings.audienceId),
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
    assignments.map(({ attemptId, integration, person, revision, request, startedAt }) => ({
      id: attemptId,
      integrationId: integration.id,
      person,
      revision,
      startedAt,
      method: request.method,
      path: request.path,
      request: JSON.stringify(request.body),
    })),
  )
}
