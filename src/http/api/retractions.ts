import { retractions, retractionsAnswer, retractionsPage } from '../../contract/retractions.ts'
import { idParams, pageQuery } from '../../contract/shared.ts'
import { ANSWERED_WITHIN } from '../../domain/brake.ts'
import { nameOf } from '../../domain/target.ts'
import { existing } from '../../pipeline/existing.ts'
import { answerRetractions } from '../../pipeline/upkeep/retractions.ts'
import { listBrakes, type ListedBrake } from '../../store/contacts/brakes.ts'
import { page, pageRequest } from '../paging.ts'
import { instant, instantOrNull } from '../show.ts'
import { type Api, type ApiDeps } from './deps.ts'

const tags = ['failures']

export function retractionRoutes(api: Api, deps: ApiDeps): void {
  api.get(
    '/v1/retractions',
    {
      config: { role: 'viewer' },
      schema: {
        tags,
        operationId: 'listRetractions',
        summary: 'List many retractions that wait',
        description:
          'A retraction denies what was granted because its ground is gone, such as a deleted event, and no person said so. When very many people of a source would lose something in that way, those after the first wait here for an answer, and go after 24 hours without one.',
        querystring: pageQuery,
        response: { 200: retractionsPage },
      },
    },
    async ({ query }) => page(await listBrakes(deps.db, pageRequest(query)), query, show),
  )
  api.post(
    '/v1/retractions/:id',
    {
      config: { role: 'operator', refuses: ['not_found', 'wrong_state'] },
      schema: {
        tags,
        operationId: 'answerRetractions',
        summary: 'Answer many retractions',
        description:
          'With release they go at once. With withhold they are kept back until release follows: these people keep at Mailchimp what they had, and what they state later is written as ever. What was let go cannot be withheld any more.',
        params: idParams,
        body: retractionsAnswer,
        response: { 200: retractions },
      },
    },
    async ({ params: { id }, body: { decision }, actor }) => {
      await answerRetractions(deps, { id, decision, actor })
      const [row] = await listBrakes(deps.db, { before: '', limit: 1, id })
      return show(existing(row, `problem ${id}`))
    },
  )
}

const show = ({ id, sourceId, since, decision, decidedAt, decidedBy, people, debts, samples }: ListedBrake) => ({
  id,
  source_id: sourceId,
  since: instant(since),
  decision: decision ?? null,
  decided_at: instantOrNull(decidedAt),
  decided_by: decidedBy ?? null,
  goes_at: decision === undefined ? instant(since + ANSWERED_WITHIN) : null,
  people,
  deliveries: debts,
  samples: samples.map(({ integrationId, person, targets }) => ({
    integration_id: integrationId,
    person,
    merge_tags: targets.map(nameOf),
  })),
})
