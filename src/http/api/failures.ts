import { idParams } from '../../contract/shared.ts'
import { failure, failurePage, failureQuery } from '../../contract/failures.ts'
import { existing } from '../../pipeline/existing.ts'
import { changeFailure } from '../../pipeline/watch/failures.ts'
import { listFailures, type ListedFailure } from '../../store/debts/failure-rows.ts'
import { page, pageRequest } from '../paging.ts'
import { type Status } from '../../domain/delivery.ts'
import { type FailureKind } from '../../domain/failure.ts'
import { remedyOf } from '../../domain/hold.ts'
import { explain, instant, instantOrNull } from '../show.ts'
import { type Api, type ApiDeps } from './deps.ts'

const tags = ['failures']

/** Every read sweeps first, so that what is shown is true now. */
export function failureRoutes(api: Api, deps: ApiDeps): void {
  readRoutes(api, deps)
  for (const [verb, change, says] of [
    [
      'acknowledge',
      'acknowledged',
      { summary: 'Acknowledge a failure', description: 'An operator sees to the failure.' },
    ],
    ['ignore', 'ignored', { summary: 'Ignore a failure', description: 'The failure is ignored until it is reopened.' }],
    [
      'reopen',
      'reopened',
      { summary: 'Reopen a failure', description: 'The failure is open: no operator sees to it yet.' },
    ],
  ] as const) {
    api.post(
      `/v1/failures/:id/${verb}`,
      {
        config: { role: 'operator', refuses: ['not_found', 'wrong_state'] },
        schema: { tags, operationId: `${verb}Failure`, ...says, params: idParams, response: { 200: failure } },
      },
      async ({ params: { id }, actor }) => {
        await deps.failures.sweep()
        await changeFailure(deps, { id, change, actor })
        return showOne(deps, id)
      },
    )
  }
}

function readRoutes(api: Api, deps: ApiDeps): void {
  api.get(
    '/v1/failures',
    {
      config: { role: 'viewer' },
      schema: {
        tags,
        operationId: 'listFailures',
        summary: 'List failures',
        description: 'What is in the way of deliveries is shown by integration and cause, as it is now.',
        querystring: failureQuery,
        response: { 200: failurePage },
      },
    },
    async ({ query }) => {
      await deps.failures.sweep()
      const { integration_id: integrationId, kind, cause, state } = query
      return page(
        await listFailures(deps.db, { integrationId, kind, cause, state, ...pageRequest(query) }),
        query,
        show,
      )
    },
  )
  api.get(
    '/v1/failures/:id',
    {
      config: { role: 'viewer', refuses: ['not_found'] },
      schema: {
        tags,
        operationId: 'getFailure',
        summary: 'Show one failure',
        description: 'The failure is shown as it is now.',
        params: idParams,
        response: { 200: failure },
      },
    },
    async ({ params: { id } }) => {
      await deps.failures.sweep()
      return showOne(deps, id)
    },
  )
}

async function showOne({ db }: ApiDeps, id: string) {
  const [row] = await listFailures(db, { id, before: '', limit: 1 })
  return show(existing(row, `failure ${id}`))
}

/** What the remedy goes by: what is tried again, too, moves only when its integration may deliver. */
const STATUS_OF = { dead: 'dead', held: 'held', retrying: 'held', gone: 'skipped' } as const satisfies Record<
  FailureKind,
  Status
>

const show = (row: ListedFailure) => ({
  id: row.id,
  integration_id: row.integrationId,
  kind: row.kind,
  cause: row.cause,
  says: explain(row.cause).says,
  next: remedyOf({ status: STATUS_OF[row.kind], reason: row.cause }, row.heldBy) || null,
  count: row.debts,
  withdrawals: row.withdrawals,
  first_at: instant(row.firstAt),
  last_at: instant(row.lastAt),
  example: row.example
    ? { delivery_id: row.example.deliveryId, person: row.example.person, detail: row.example.detail ?? null }
    : null,
  state: row.state,
  changed_at: instant(row.changedAt),
  changed_by: row.changedBy ?? null,
  resolved_at: instantOrNull(row.resolvedAt),
})
