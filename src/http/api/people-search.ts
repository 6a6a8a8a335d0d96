import { idParams } from '../../contract/api.ts'
import { contactNow, contactQuery, foundPeople, peopleQuery } from '../../contract/people.ts'
import { lowerAscii } from '../../domain/person.ts'
import { contactNow as readContactNow } from '../../pipeline/contact-now.ts'
import { personKey } from '../../store/facts.ts'
import { peopleOfContact, peopleStarting, toldOf } from '../../store/people.ts'
import { instant } from '../show.ts'
import { type Api, type ApiDeps } from './deps.ts'

const MOST_FOUND = 20
const MD5_HEX = /^[0-9a-f]{32}$/

export function peopleSearchRoutes(api: Api, deps: ApiDeps): void {
  const { db } = deps
  api.get(
    '/v1/people',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['people'],
        summary: 'People by the beginning of their organization_user_id, or by the MD5 of their address',
        querystring: peopleQuery,
        response: { 200: foundPeople },
      },
    },
    async ({ query }) => {
      const start = lowerAscii(query.search)
      const [started, named] = await Promise.all([
        peopleStarting(db, { start, limit: MOST_FOUND }),
        MD5_HEX.test(start) ? peopleOfContact(db, { contact: start, limit: MOST_FOUND }) : [],
      ])
      const found = new Map([...named, ...started].map(person => [personKey(person), person]))
      const told = await toldOf(db, [...found.values()].slice(0, MOST_FOUND))
      const data = told.map(row => ({ ...row, last_at: instant(row.last_at) }))
      return { data }
    },
  )
  api.get(
    '/v1/people/:id/mailchimp',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['people'],
        summary: 'What Mailchimp holds of a person now, read live, and what it should hold',
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
        held: { ...seen.held },
        should_hold: { ...seen.should },
        last_delivered: seen.lastDelivered ? { ...seen.lastDelivered } : null,
        drift: [...seen.drift],
      }
    },
  )
}
