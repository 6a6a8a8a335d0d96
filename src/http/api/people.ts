import { idParams, person } from '../../contract/api.ts'
import { fold } from '../../domain/fold.ts'
import { DEFAULT_OPTIONS } from '../../domain/integration.ts'
import { personOf } from '../../domain/person.ts'
import { Problem } from '../../domain/problem.ts'
import { attemptsOf } from '../../store/attempts.ts'
import { deliveriesOf } from '../../store/delivery-list.ts'
import { factsOf, personKey, sourcesKnowing } from '../../store/facts.ts'
import { listIntegrations } from '../../store/integrations.ts'
import { findSource } from '../../store/sources.ts'
import { instant, showAttempt, showChoices, showDelivery, showFact } from '../show.ts'
import { type Api, type ApiDeps } from './deps.ts'

const MOST_SHOWN = 200

export function peopleRoutes(api: Api, { db }: ApiDeps): void {
  async function known(sourceId: string, id: string) {
    const source = await findSource(db, sourceId)
    const key = { source_id: sourceId, person: id }
    const facts = (await factsOf(db, [key])).get(personKey(key)) ?? []
    const integrations = await listIntegrations(db, { sourceId })
    const regulations = [DEFAULT_OPTIONS, ...integrations.map(({ settings }) => settings.options)].flatMap(
      options => options.regulations,
    )
    const state = fold(facts, { family: source?.feed ?? 'user', regulations, onUserDeleted: 'keep' })
    const deliveries = (await deliveriesOf(db, [key])).get(personKey(key)) ?? []
    const attempts = await attemptsOf(db, key, MOST_SHOWN)
    return {
      source_id: sourceId,
      choices: showChoices(state),
      deleted_users: state.deletedUsers.map(({ userId, at }) => ({ user_id: userId, at: instant(at) })),
      facts: facts.slice(-MOST_SHOWN).map(fact => showFact(fact, source?.feed ?? null)),
      facts_total: facts.length,
      deliveries: deliveries.toReversed().map(showDelivery),
      attempts: attempts.map(showAttempt),
    }
  }

  api.get(
    '/v1/people/:id',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['people'],
        summary: 'Everything about one person, by organization_user_id: facts, choices, deliveries, attempts',
        params: idParams,
        response: { 200: person },
      },
    },
    async request => {
      const id = personOf(request.params.id)
      const sources = await sourcesKnowing(db, id)
      if (sources.length === 0) throw new Problem('not_found', 'no source ever told us about this person')
      return { person: id, sources: await Promise.all(sources.map(sourceId => known(sourceId, id))) }
    },
  )
}
