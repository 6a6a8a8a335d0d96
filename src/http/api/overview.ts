import { overview, overviewQuery } from '../../contract/overview.ts'
import { endOf } from '../../domain/end.ts'
import { type Timing } from '../../domain/overview.ts'
import { createOverviewReader, type Overview } from '../../pipeline/watch/overview.ts'
import { explain, instant, instantOrNull } from '../show.ts'
import { type Api, type ApiDeps } from './deps.ts'

export function overviewRoutes(api: Api, deps: ApiDeps): void {
  const read = createOverviewReader(deps)
  api.get(
    '/v1/overview',
    {
      config: { role: 'viewer', refuses: ['not_found'] },
      schema: {
        tags: ['ledger'],
        operationId: 'getOverview',
        summary: 'Show how things go',
        description:
          'The answer counts what came in and what became of it, says how fast, and shows what waits. It is some seconds old at most.',
        querystring: overviewQuery,
        response: { 200: overview },
      },
    },
    async ({ query: { integration_id: integrationId, hours } }) =>
      show(await read({ integrationId, hours: HOURS[hours] })),
  )
}

const HOURS = { '1': 1, '24': 24, '168': 168, '720': 720 } as const

const show = (seen: Overview) => ({
  from: instant(seen.span.from),
  to: instant(seen.span.to),
  complete: seen.complete,
  received: seen.received,
  delivered: seen.delivered,
  skipped: seen.skipped.map(({ reason, count }) => ({
    reason,
    end: endOf({ status: 'skipped', reason }) ?? null,
    says: explain(reason).says,
    count,
  })),
  failed: seen.failed.map(({ reason, count }) => ({ reason, ...explain(reason), count })),
  time_to_deliver: showTiming(seen.toDeliver),
  time_to_withdraw: showTiming(seen.toWithdraw),
  backlog: { ...seen.backlog },
  oldest_waiting_at: instantOrNull(seen.oldestAt),
  oldest_withdrawal_at: instantOrNull(seen.oldestWithdrawalAt),
  holds: seen.holds.map(({ integrationId, cause, since }) => {
    const { says, next } = explain(cause)
    return { integration_id: integrationId ?? null, cause, says: says ?? '', next: next ?? '', since: instant(since) }
  }),
  series: seen.series.map(({ at, skippedAs, ...point }) => ({ ...point, at: instant(at), skipped_as: skippedAs })),
})

const showTiming = ({ count, p50, p95 }: Timing) => ({ count, p50_ms: p50 ?? null, p95_ms: p95 ?? null })
