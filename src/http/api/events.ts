import { type z } from 'zod'
import { idParams } from '../../contract/shared.ts'
import { eventPage, eventQuery, eventsAccepted, eventsRequest, shownEvent } from '../../contract/events.ts'
import { mayWithdraw } from '../../domain/fact.ts'
import { parseInstant } from '../../domain/instant.ts'
import { personOf } from '../../domain/person.ts'
import { IDLE_EXPLANATIONS, whyIdle } from '../../domain/standing.ts'
import { existing } from '../../pipeline/existing.ts'
import { submitEvents } from '../../pipeline/intake/submit.ts'
import { attemptsOf } from '../../store/debts/attempts.ts'
import { deliveriesOf, type ShownDebt } from '../../store/debts/delivery-list.ts'
import { findFact, type ListedFact } from '../../store/ledger/fact-list.ts'
import { searchFacts, type FactSearch } from '../../store/ledger/fact-search.ts'
import { personKey, type SourcePerson } from '../../store/ledger/source-person.ts'
import { findBody } from '../../store/ledger/inbox.ts'
import { listIntegrations } from '../../store/settings/integrations.ts'
import { feedsOf } from '../../store/settings/sources.ts'
import { page, pageRequest } from '../paging.ts'
import { explain, showAttempt, showFact } from '../show.ts'
import { type Api, type ApiDeps } from './deps.ts'
import { LIMITS } from '../../domain/limits.ts'

const tags = ['events']

/** What came in, and what became of it. */
export function eventRoutes(api: Api, deps: ApiDeps): void {
  api.post(
    '/v1/events',
    {
      config: { role: 'operator', refuses: ['not_found', 'overloaded'], exactNumbers: true, takesFacts: true },
      schema: {
        tags,
        operationId: 'submitEvents',
        summary: 'Send events as Didomi would',
        description:
          'The events are on disk and what they make due is owed, as if they had come by the webhook. All are refused when one of them cannot be read, with every field at fault.',
        body: eventsRequest,
        response: { 202: eventsAccepted },
      },
    },
    async (request, reply) => {
      const { source_id: sourceId, events } = request.body
      const { repeated } = await submitEvents(deps, { sourceId, events })
      return reply.code(202).send({ received: events.length, repeated })
    },
  )
  readRoutes(api, deps)
}

function readRoutes(api: Api, { db }: ApiDeps): void {
  api.get(
    '/v1/events',
    {
      config: { role: 'viewer' },
      schema: {
        tags,
        operationId: 'listEvents',
        summary: 'List events',
        description: 'What Didomi sent is shown with the debts of the person it is about. Conditions narrow it down.',
        querystring: eventQuery,
        response: { 200: eventPage },
      },
    },
    async ({ query }) => {
      const { facts, lookedTo } = await searchFacts(db, searchIn(query))
      const show = await shower(db, facts)
      return page(facts, { limit: query.limit, lookedTo }, show)
    },
  )
  api.get(
    '/v1/events/:id',
    {
      config: { role: 'viewer', refuses: ['not_found'] },
      schema: {
        tags,
        operationId: 'getEvent',
        summary: 'Show one event',
        description:
          'The event is shown with the body that it came in with, its attempts, and why it changes nothing if it does not.',
        params: idParams,
        response: { 200: shownEvent },
      },
    },
    async ({ params: { id } }) => {
      const listed = existing(await findFact(db, id), `event ${id}`)
      const [show, body, rest] = await Promise.all([
        shower(db, [listed]),
        findBody(db, listed.inboxId),
        fateOf(db, listed),
      ])
      return { ...show(listed), body: body && body.length > 0 ? Buffer.from(body).toString('utf8') : null, ...rest }
    },
  )
}

type EventQuery = z.infer<typeof eventQuery>

const searchIn = (query: EventQuery): FactSearch => ({
  sourceId: query.source_id,
  person: query.person === undefined ? undefined : personOf(query.person),
  from: parseInstant(query.from),
  to: parseInstant(query.to),
  type: query.type,
  ended: endedIn(query),
  ...pageRequest(query),
})

function endedIn({ answer_status: status, attempt_reason: reason }: EventQuery): FactSearch['ended'] {
  if (status === undefined && reason === undefined) return undefined
  return { status: status === undefined || status === 'none' ? status : Number(status), reason }
}

type Reads = ApiDeps['db']

/** Reads once what the events of a page have in common. */
async function shower(db: Reads, listed: readonly ListedFact[]) {
  const [feeds, deliveries] = await Promise.all([
    feedsOf(db, [...new Set(listed.map(({ sourceId }) => sourceId))]),
    deliveriesOf(db, [...new Map(listed.flatMap(ownerOf).map(owner => [personKey(owner), owner])).values()]),
  ])
  return (each: ListedFact) => {
    const feed = feeds.get(each.sourceId)
    return {
      ...showFact(each.fact, { feed, person: each.person }),
      source_id: each.sourceId,
      person: each.person ?? null,
      withdrawal: mayWithdraw(each.fact),
      deliveries: ownerOf(each)
        .flatMap(owner => deliveries.get(personKey(owner)) ?? [])
        .map(showDebt),
    }
  }
}

const ownerOf = ({ sourceId, person }: ListedFact): SourcePerson[] =>
  person === undefined ? [] : [{ sourceId, person }]

const showDebt = ({ id, integrationId, status, end, reason }: ShownDebt) => ({
  id,
  integration_id: integrationId,
  status,
  end: end ?? null,
  reason: reason ?? null,
  says: explain(reason).says,
})

async function fateOf(db: Reads, { id, fact, sourceId, person }: ListedFact) {
  const [feeds, integrations] = await Promise.all([feedsOf(db, [sourceId]), listIntegrations(db, { sourceId })])
  const taken = integrations
    .filter(({ settings }) => settings.enabled)
    .map(({ settings }) => settings.options.regulations)
  const idle = whyIdle(fact, { person, feed: feeds.get(sourceId), taken })
  const attempts = person === undefined ? [] : await attemptsOf(db, { sourceId, person }, LIMITS.eventAttempts)
  return {
    attempts: attempts.filter(({ carried }) => carried.some(({ factId }) => factId === id)).map(showAttempt),
    explanation: idle === undefined ? null : IDLE_EXPLANATIONS[idle],
  }
}
