import { readWebhook } from '../didomi/webhook.ts'
import { type Decision } from '../domain/decide.ts'
import { type Fact } from '../domain/fact.ts'
import { personOf } from '../domain/person.ts'
import { Problem } from '../domain/problem.ts'
import { readMergeFields } from '../mailchimp/audience.ts'
import { type ApiRequest } from '../mailchimp/client.ts'
import { requestFor } from '../mailchimp/requests.ts'
import { debtKey, lastDelivered } from '../store/delivered.ts'
import { factsOf, personKey } from '../store/facts.ts'
import { apiKeyOf, existingIntegration, withClient, type IntegrationDeps } from './integrations.ts'
import { faultIn } from './ingest.ts'
import { decisionFor } from './decide-debt.ts'

export type DryRun = { readonly decision: Decision; readonly request: ApiRequest | undefined }

/** Everything that a delivery does short of sending: on what is known, and on `events` supposed beside it. */
export async function dryRun(
  deps: IntegrationDeps,
  {
    id,
    person: organizationUserId,
    events,
  }: { readonly id: string; readonly person: string; readonly events: readonly unknown[] },
): Promise<DryRun> {
  const { db, now } = deps
  const integration = await existingIntegration(db, id)
  const person = personOf(organizationUserId)
  const key = { source_id: integration.sourceId, person }
  const known = (await factsOf(db, [key])).get(personKey(key)) ?? []
  const debt = { integrationId: id, person }
  const last = (await lastDelivered(db, [debt])).get(debtKey(debt))
  const apiKey = await apiKeyOf(deps, integration)
  const { settings } = integration
  const fields = await withClient(deps, { settings, apiKey }, client =>
    readMergeFields(client, settings.audienceId, now()),
  )
  if (fields.kind !== 'read') throw new Problem('mailchimp_unreachable', fields.detail)
  const facts = [...known, ...supposed(events, person, now())]
  const feed = integration.feed ?? facts[0]?.family
  const ready = { integration: { ...integration, feed }, audience: { fields: fields.value } }
  const decision = decisionFor(person, facts, ready, { last, refused: {} })
  return {
    decision,
    request: decision.plan.do === 'skip' ? undefined : requestFor(decision.plan, settings.audienceId),
  }
}

function supposed(events: readonly unknown[], person: string, now: number): Fact[] {
  if (events.length === 0) return []
  const readings = readWebhook(Buffer.from(JSON.stringify(events)), now)
  const faults = readings.flatMap(faultIn)
  if (faults.length > 0) throw unreadableEvents(faults)
  return readings.flatMap((reading, index) => {
    if (reading.kind !== 'told' || reading.told.person !== person) return []
    return [{ ...reading.told, id: `supposed_${index}` }]
  })
}

/** What is wrong with records that a person or a script sent, each at its place in `events`. */
export const unreadableEvents = (faults: readonly { readonly path: string; readonly why: string }[]): Problem =>
  new Problem(
    'invalid_request',
    'some of the events cannot be read',
    faults.map(({ path, why }) => ({
      path: `events${path}`,
      code: 'invalid_event',
      detail: `events${path} ${why}.`,
      remedy: "Write it as Didomi's webhooks do.",
    })),
  )
