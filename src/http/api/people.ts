import {
  contactNow,
  contactQuery,
  erasedPerson,
  eraseQuery,
  foundPeople,
  knownPerson,
  peopleQuery,
} from '../../contract/people.ts'
import { erasure as erasureShape } from '../../contract/erasures.ts'
import { idParams, nothing } from '../../contract/shared.ts'
import { sharesOf } from '../../domain/whose.ts'
import { fold } from '../../domain/fold.ts'
import { DEFAULT_OPTIONS } from '../../domain/options.ts'
import { lowerAscii, personOf } from '../../domain/person.ts'
import { Problem } from '../../domain/problem.ts'
import { contactNow as readContactNow } from '../../pipeline/live/contact-now.ts'
import { askErasure } from '../../pipeline/upkeep/erase.ts'
import { revealPerson } from '../../pipeline/upkeep/reveal.ts'
import { attemptsOf } from '../../store/debts/attempts.ts'
import { deliveriesOf } from '../../store/debts/delivery-list.ts'
import { erasureOf } from '../../store/ledger/erasures.ts'
import { factsOf, sourcesKnowing } from '../../store/ledger/facts.ts'
import { newestPeople, peopleOfContact, peopleStarting, toldOf, type ToldPerson } from '../../store/ledger/people.ts'
import { personKey, type SourcePerson } from '../../store/ledger/source-person.ts'
import { listIntegrations } from '../../store/settings/integrations.ts'
import { findSource } from '../../store/settings/sources.ts'
import { instant, instantOrNull, showAttempt, showChoices, showDelivery, showFact } from '../show.ts'
import { type Api, type ApiDeps } from './deps.ts'
import { remainsIn, showErasure } from './erasures.ts'
import { feedFor } from '../../domain/standing.ts'
import { byName, nameOf } from '../../domain/target.ts'
import { LIMITS } from '../../domain/limits.ts'

const tags = ['people']
const MD5_HEX = /^[0-9a-f]{32}$/

export function peopleRoutes(api: Api, deps: ApiDeps): void {
  searchRoute(api, deps)
  historyRoute(api, deps)
  contactRoute(api, deps)
  actionRoutes(api, deps)
}

function searchRoute(api: Api, { db }: ApiDeps): void {
  api.get(
    '/v1/people',
    {
      config: { role: 'viewer' },
      schema: {
        tags,
        operationId: 'searchPeople',
        summary: 'Find people',
        description:
          'People are found by the beginning of their organization_user_id, or by the MD5 of their address at Mailchimp; without either, those of the newest events are shown.',
        querystring: peopleQuery,
        response: { 200: foundPeople },
      },
    },
    async ({ query }) => {
      const start = query.search.includes('@') ? personOf(query.search) : lowerAscii(query.search)
      const [started, named] = await Promise.all([
        start === ''
          ? newestPeople(db, { limit: LIMITS.foundPeople })
          : peopleStarting(db, { start, limit: LIMITS.foundPeople }),
        MD5_HEX.test(start) ? peopleOfContact(db, { contact: start, limit: LIMITS.foundPeople }) : [],
      ])
      const found = new Map([...named, ...started].map(person => [personKey(person), person]))
      const shown = [...found.values()].slice(0, LIMITS.foundPeople)
      const told = new Map((await toldOf(db, shown)).map(row => [personKey(row), row]))
      const data = shown.flatMap(person => told.get(personKey(person)) ?? [])
      return { data: data.map(showTold) }
    },
  )
}

const showTold = ({ sourceId, person, facts, lastAt }: ToldPerson) => ({
  source_id: sourceId,
  person,
  facts,
  last_at: instant(lastAt),
})

function historyRoute(api: Api, { db, clock }: ApiDeps): void {
  api.get(
    '/v1/people/:id',
    {
      config: { role: 'viewer', refuses: ['not_found'] },
      schema: {
        tags,
        operationId: 'getPerson',
        summary: 'Show one person',
        description:
          'Everything that is kept of the person is shown, source by source: facts, choices, deliveries and attempts.',
        params: idParams,
        response: { 200: knownPerson },
      },
    },
    async request => {
      const id = personOf(request.params.id)
      const [sources, erasure] = await Promise.all([sourcesKnowing(db, id), erasureOf(db, id)])
      if (sources.length === 0 && !erasure) throw new Problem('not_found', 'no source ever told us about this person')
      const shown = erasure ? await showErasure(db, erasure, clock()) : null
      return {
        person: id,
        erasure: shown,
        sources: await Promise.all(sources.map(sourceId => knownBy(db, { sourceId, person: id }))),
      }
    },
  )
}

/** What one source knows of a person, and what became of it. */
async function knownBy(db: ApiDeps['db'], known: SourcePerson) {
  const { sourceId } = known
  const source = await findSource(db, sourceId)
  const facts = (await factsOf(db, [known])).get(personKey(known)) ?? []
  const integrations = await listIntegrations(db, { sourceId })
  const regulations = [DEFAULT_OPTIONS, ...integrations.map(({ settings }) => settings.options)].flatMap(
    options => options.regulations,
  )
  const told = facts.filter(({ names }) => names === undefined || names === known.person)
  const state = fold(sharesOf(known.person, facts), {
    family: feedFor(source?.feed, facts),
    regulations,
    onUserDeleted: 'keep',
  })
  const deliveries = (await deliveriesOf(db, [known])).get(personKey(known)) ?? []
  const attempts = await attemptsOf(db, known, LIMITS.personAttempts)
  return {
    source_id: sourceId,
    choices: showChoices(state),
    deleted_users: state.deletedUsers.map(({ userId, at }) => ({ user_id: userId, at: instant(at) })),
    facts: told.slice(-LIMITS.personFacts).map(fact => showFact(fact, { feed: source?.feed, person: known.person })),
    facts_total: told.length,
    deliveries: deliveries.toReversed().map(showDelivery),
    attempts: attempts.map(showAttempt),
  }
}

function contactRoute(api: Api, deps: ApiDeps): void {
  api.get(
    '/v1/people/:id/mailchimp',
    {
      config: { role: 'viewer', refuses: ['not_found', 'mailchimp_unreachable', 'overloaded'] },
      schema: {
        tags,
        operationId: 'getPersonAtMailchimp',
        summary: 'Compare a person with Mailchimp',
        description:
          'What Mailchimp holds of the person is read live and shown beside what it should hold. Nothing is written.',
        params: idParams,
        querystring: contactQuery,
        response: { 200: contactNow },
      },
    },
    async ({ params, query }) => {
      const seen = await readContactNow(deps, { integrationId: query.integration_id, person: params.id })
      return {
        found: seen.status !== undefined,
        status: seen.status ?? null,
        read_at: instant(seen.readAt),
        held: byName(seen.held),
        should_hold: byName(seen.should),
        last_delivered: seen.lastDelivered ? byName(seen.lastDelivered) : null,
        last_written_at: instantOrNull(seen.lastWrittenAt),
        drift: seen.drift.map(nameOf),
      }
    },
  )
}

function actionRoutes(api: Api, deps: ApiDeps): void {
  api.post(
    '/v1/people/:id/reveal',
    {
      config: { role: 'viewer', refuses: ['not_found'] },
      schema: {
        tags,
        operationId: 'revealPerson',
        summary: 'Note that an address is looked at',
        description:
          'The audit says that the caller looked at the address of the person, whom it names by a hash only.',
        params: idParams,
        response: { 204: nothing },
      },
    },
    async ({ params: { id }, actor }, reply) => {
      await revealPerson(deps, { person: id, actor })
      return reply.code(204).send(null)
    },
  )
  api.delete(
    '/v1/people/:id',
    {
      config: { role: 'owner', proof: true, refuses: ['not_found'] },
      schema: {
        tags,
        operationId: 'erasePerson',
        summary: 'Erase one person',
        description:
          'Everything that was kept of the person goes for good, in all sources. Before that, what was written for them alone is denied at Mailchimp; the answer is 202 while this is under way, for 24 hours at most. What was chosen before is not taken in any more, what is chosen later is. A second call gives the same erasure.',
        params: idParams,
        querystring: eraseQuery,
        response: { 200: erasedPerson, 202: erasureShape },
      },
    },
    async ({ params: { id }, query: { mailchimp, thorough }, actor }, reply) => {
      const { db, clock, erasures, worker } = deps
      const onOwed = (integrationIds: readonly string[]): void => worker.wake(integrationIds)
      const asked = { person: id, atMailchimp: mailchimp, isThorough: thorough === 'true', actor }
      const erasure = await erasures.carryOn(await askErasure({ ...deps, onOwed }, asked))
      if (!erasure.erased || erasure.endedAt === undefined)
        return reply.code(202).send(await showErasure(db, erasure, clock()))
      return { ...erasure.erased, erasure_id: erasure.id, remains: remainsIn(db, erasure) }
    },
  )
}
