import { type z } from 'zod'
import { idParams, pageQuery } from '../../contract/shared.ts'
import { idempotencyHeader, newReplay, newResync, replay, replayCount, replayPage } from '../../contract/failures.ts'
import { personOf } from '../../domain/person.ts'
import { askReplay, countReplay, existingReplay, type ReplayRequest } from '../../pipeline/upkeep/replay-requests.ts'
import { listReplays, type Replay } from '../../store/debts/replays.ts'
import { page, pageRequest } from '../paging.ts'
import { instant, instantOrNull } from '../show.ts'
import { type Api, type ApiDeps } from './deps.ts'
import { LIMITS } from '../../domain/limits.ts'

const tags = ['replays']

export function replayRoutes(api: Api, deps: ApiDeps): void {
  const answers = { 200: replayCount, 202: replay }
  api.post(
    '/v1/replays',
    {
      config: { role: 'operator', refuses: ['not_found', 'idempotency_key_reused'] },
      schema: {
        tags,
        operationId: 'createReplay',
        summary: 'Make debts due again',
        description: `The debts that meet every condition are made due again, one after the other; a dry run only counts them. The same Idempotency-Key gives the same replay for ${LIMITS.replayKeyHours} hours, and is refused with another request.`,
        body: newReplay,
        headers: idempotencyHeader,
        response: answers,
      },
    },
    async ({ body, headers, actor }, reply) => {
      const asked = { kind: 'debts', filter: filterOf(body) } as const
      if (body.dry_run) return reply.code(200).send(await count(deps, asked))
      const made = await askReplay(deps, asked, { actor, idempotencyKey: headers['idempotency-key'] })
      return reply.code(202).send(show(made))
    },
  )
  api.post(
    '/v1/integrations/:id/resync',
    {
      config: { role: 'operator', refuses: ['not_found', 'wrong_state', 'idempotency_key_reused'] },
      schema: {
        tags,
        operationId: 'resyncIntegration',
        summary: 'Make everyone due',
        description:
          'Everyone whom the integration knows is made due, and every mapped field is sent, changed or not; a dry run only counts. An integration that is disabled is refused.',
        params: idParams,
        body: newResync,
        headers: idempotencyHeader,
        response: answers,
      },
    },
    async ({ params, body, headers, actor }, reply) => {
      const asked = { kind: 'resync', integrationId: params.id } as const
      if (body?.dry_run) return reply.code(200).send(await count(deps, asked))
      const made = await askReplay(deps, asked, { actor, idempotencyKey: headers['idempotency-key'] })
      return reply.code(202).send(show(made))
    },
  )
  readRoutes(api, deps)
}

function readRoutes(api: Api, { db }: ApiDeps): void {
  api.get(
    '/v1/replays',
    {
      config: { role: 'viewer' },
      schema: {
        tags,
        operationId: 'listReplays',
        summary: 'List replays',
        description: 'The replays and resyncs are shown with how far they are.',
        querystring: pageQuery,
        response: { 200: replayPage },
      },
    },
    async ({ query }) => page(await listReplays(db, pageRequest(query)), query, show),
  )
  api.get(
    '/v1/replays/:id',
    {
      config: { role: 'viewer', refuses: ['not_found'] },
      schema: {
        tags,
        operationId: 'getReplay',
        summary: 'Show one replay',
        description: 'The replay is shown with how far it is.',
        params: idParams,
        response: { 200: replay },
      },
    },
    async ({ params }) => show(await existingReplay(db, params.id)),
  )
}

const filterOf = (body: z.infer<typeof newReplay>) => ({
  integrationId: body.integration_id,
  failureId: body.failure_id,
  reason: body.reason,
  status: body.status,
  person: body.person === undefined ? undefined : personOf(body.person),
  deliveryId: body.delivery_id,
})

async function count({ db }: ApiDeps, asked: ReplayRequest) {
  const { total, withdrawals } = await countReplay(db, asked)
  return { dry_run: true as const, total, withdrawals }
}

function show({ criteria, ...row }: Replay): z.infer<typeof replay> {
  const { integrationId, status, reason, deliveryIds, group } = criteria
  const isDone = row.finishedAt !== undefined || (row.madeAt !== undefined && row.open === 0)
  return {
    id: row.id,
    kind: row.kind,
    filter: {
      integration_id: integrationId ?? null,
      status: status ?? null,
      reason: reason ?? null,
      delivery_ids: deliveryIds ? [...deliveryIds] : null,
      failure: group ? { integration_id: group.integrationId, kind: group.kind, cause: group.cause } : null,
    },
    state: isDone ? 'done' : row.madeAt === undefined ? 'making_due' : 'delivering',
    progress: {
      total: row.total,
      withdrawals: row.withdrawals,
      made_due: row.madeDue,
      settled: row.madeDue - row.open,
    },
    requested_by: row.actor,
    created_at: instant(row.createdAt),
    finished_at: instantOrNull(row.finishedAt),
  }
}
