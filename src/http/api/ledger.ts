import {
  attempt,
  attemptQuery,
  auditEntry,
  delivery,
  deliveryQuery,
  pageOf,
  pageQuery,
  quarantined,
  stats,
  statsQuery,
} from '../../contract/api.ts'
import { personOf } from '../../domain/person.ts'
import { listAttempts } from '../../store/attempts.ts'
import { listAudit } from '../../store/audit.ts'
import { countDeliveries, listDeliveries } from '../../store/delivery-list.ts'
import { listQuarantined } from '../../store/inbox.ts'
import { findIntegration } from '../../store/integrations.ts'
import { accountFor } from '../../store/tallies.ts'
import { page, pageRequest } from '../paging.ts'
import { instant, showAttempt, showDelivery } from '../show.ts'
import { type Api, type ApiDeps } from './deps.ts'

const tags = ['ledger']
/** Of a body, in bytes. */
const MOST_SHOWN = 20_000

/** What happened and what is owed: reads only. */
export function ledgerRoutes(api: Api, deps: ApiDeps): void {
  debtRoutes(api, deps)
  statsRoute(api, deps)
  evidenceRoutes(api, deps)
}

function debtRoutes(api: Api, { db }: ApiDeps): void {
  api.get(
    '/v1/deliveries',
    {
      config: { role: 'viewer' },
      schema: { tags, summary: 'Debts', querystring: deliveryQuery, response: { 200: pageOf(delivery) } },
    },
    async ({ query }) => {
      const { person, integration_id: integrationId, status } = query
      const filter = { integrationId, status, person: person === undefined ? undefined : personOf(person) }
      return page(await listDeliveries(db, { ...filter, ...pageRequest(query) }), query, showDelivery)
    },
  )
  api.get(
    '/v1/attempts',
    {
      config: { role: 'viewer' },
      schema: { tags, summary: 'Attempts', querystring: attemptQuery, response: { 200: pageOf(attempt) } },
    },
    async ({ query }) => {
      const { person, integration_id: integrationId } = query
      const filter = { integrationId, person: person === undefined ? undefined : personOf(person) }
      return page(await listAttempts(db, { ...filter, ...pageRequest(query) }), query, showAttempt)
    },
  )
}

function statsRoute(api: Api, { db }: ApiDeps): void {
  api.get(
    '/v1/stats',
    {
      config: { role: 'viewer' },
      schema: { tags, summary: 'Exact accounting', querystring: statsQuery, response: { 200: stats } },
    },
    async ({ query: { source_id: sourceId, integration_id: integrationId } }) => {
      const source = sourceId ?? (integrationId && (await findIntegration(db, integrationId))?.sourceId)
      return { inbox: await accountFor(db, source), deliveries: await countDeliveries(db, { integrationId, sourceId }) }
    },
  )
}

function evidenceRoutes(api: Api, { db }: ApiDeps): void {
  api.get(
    '/v1/quarantine',
    {
      config: { role: 'viewer' },
      schema: {
        tags,
        summary: 'Bodies of which something was set apart, and the field at fault',
        querystring: pageQuery,
        response: { 200: pageOf(quarantined) },
      },
    },
    async ({ query }) =>
      page(await listQuarantined(db, { ...pageRequest(query), mostBytes: MOST_SHOWN }), query, row => ({
        id: row.id,
        source_id: row.source_id,
        received_at: instant(row.received_at),
        faults: JSON.parse(row.faults) as { path: string; why: string }[],
        body: Buffer.from(row.raw).toString('utf8'),
        body_bytes: row.bytes,
      })),
  )
  api.get(
    '/v1/audit',
    {
      config: { role: 'operator' },
      schema: { tags, summary: 'Who did what', querystring: pageQuery, response: { 200: pageOf(auditEntry) } },
    },
    async ({ query }) =>
      page(await listAudit(db, pageRequest(query)), query, ({ id, at, actor, action, subject }) => ({
        id,
        at: instant(at),
        actor,
        action,
        subject,
      })),
  )
}
