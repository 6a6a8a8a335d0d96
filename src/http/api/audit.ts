import { auditPage } from '../../contract/audit.ts'
import { pageQuery } from '../../contract/shared.ts'
import { listAudit } from '../../store/access/audit.ts'
import { page, pageRequest } from '../paging.ts'
import { instant } from '../show.ts'
import { type Api, type ApiDeps } from './deps.ts'

/** How many contacts stayed behind, where an action left any or might have (R16f). */
const shownDetail = ({ contactsLeft }: Readonly<Record<string, unknown>>) =>
  typeof contactsLeft === 'number' ? { contacts_left: contactsLeft } : {}

export function auditRoutes(api: Api, { db }: ApiDeps): void {
  api.get(
    '/v1/audit',
    {
      config: { role: 'operator' },
      schema: {
        tags: ['ledger'],
        operationId: 'listAuditEntries',
        summary: 'List who did what',
        description: 'Every change that a person or a script made is shown with its time, its actor and its subject.',
        querystring: pageQuery,
        response: { 200: auditPage },
      },
    },
    async ({ query }) =>
      page(await listAudit(db, pageRequest(query)), query, ({ id, at, actor, action, subject, detail }) => ({
        id,
        at: instant(at),
        actor,
        action,
        subject,
        detail: shownDetail(detail),
      })),
  )
}
