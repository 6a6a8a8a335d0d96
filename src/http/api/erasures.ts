import { type z } from 'zod'
import { erasure, erasurePage } from '../../contract/erasures.ts'
import { idParams, pageQuery } from '../../contract/shared.ts'
import { OBSTACLES, type Obstacle } from '../../domain/erasure.ts'
import { existing } from '../../pipeline/existing.ts'
import { obstaclesOf } from '../../pipeline/upkeep/erasures.ts'
import { type Sql } from '../../store/engine/database.ts'
import { findErasure, listErasures, type Erasure } from '../../store/ledger/erasures.ts'
import { page, pageRequest } from '../paging.ts'
import { instant, instantOrNull } from '../show.ts'
import { type Api, type ApiDeps } from './deps.ts'

const tags = ['people']

export function erasureRoutes(api: Api, { db, clock }: ApiDeps): void {
  api.get(
    '/v1/erasures',
    {
      config: { role: 'viewer' },
      schema: {
        tags,
        operationId: 'listErasures',
        summary: 'List erasures',
        description:
          'The erasures of people are shown with how far they are, and what was left unproven. They name no person.',
        querystring: pageQuery,
        response: { 200: erasurePage },
      },
    },
    async ({ query }) => {
      const { data, next_cursor } = page(await listErasures(db, pageRequest(query)), query, each => each)
      return { data: await Promise.all(data.map(each => showErasure(db, each, clock()))), next_cursor }
    },
  )
  api.get(
    '/v1/erasures/:id',
    {
      config: { role: 'viewer', refuses: ['not_found'] },
      schema: {
        tags,
        operationId: 'getErasure',
        summary: 'Show one erasure',
        description: 'The erasure is shown with how far it is.',
        params: idParams,
        response: { 200: erasure },
      },
    },
    async ({ params: { id } }) => showErasure(db, existing(await findErasure(db, id), `erasure ${id}`), clock()),
  )
}

export async function showErasure(db: Sql, each: Erasure, now: number): Promise<z.infer<typeof erasure>> {
  const { id, person, erased, endedAt } = each
  return {
    id,
    state: erased === undefined ? 'waiting' : endedAt === undefined ? 'clearing' : 'erased',
    mailchimp: each.atMailchimp,
    asked_by: each.actor,
    asked_at: instant(each.askedAt),
    ends_by: instant(each.endsBy),
    ended_at: instantOrNull(endedAt),
    waits_for: person === undefined ? [] : (await obstaclesOf(db, person, now)).map(showObstacle),
    erased: erased ?? null,
    unproven: each.unproven.map(showObstacle),
    remains: erased === undefined ? [] : remainsIn(db, each),
  }
}

const showObstacle = ({
  integrationId,
  obstacle,
}: {
  readonly integrationId: string
  readonly obstacle: Obstacle
}) => ({
  integration_id: integrationId,
  why: obstacle,
  says: OBSTACLES[obstacle],
})

const BACK_UPS = 'back-ups that were made before'

/** Where something may be that the service cannot reach, or leaves to PostgreSQL. */
export function remainsIn({ dialect }: Sql, { isThorough }: Pick<Erasure, 'isThorough'>): string[] {
  if (dialect === 'sqlite') return [BACK_UPS]
  const dead = isThorough ? [] : ['dead rows in the files of PostgreSQL, until it vacuums the tables']
  return [...dead, "PostgreSQL's write-ahead log and its archive, and replicas, for as long as they keep it", BACK_UPS]
}
