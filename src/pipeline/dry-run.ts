import { faultIn, readWebhook } from '../didomi/webhook.ts'
import { type Decision } from '../domain/decide.ts'
import { type Fact } from '../domain/fact.ts'
import { type Audience } from '../domain/mapping.ts'
import { personOf } from '../domain/person.ts'
import { Problem } from '../domain/problem.ts'
import { type ApiRequest } from '../mailchimp/client.ts'
import { requestFor } from '../mailchimp/requests.ts'
import { findIntegration } from '../store/integrations.ts'
import { findSource } from '../store/sources.ts'
import { existingIntegration, noSuchSource, type Document, type IntegrationDeps } from './integrations.ts'
import { audienceOf, knownOf, readAudienceOf, rehearse, viewOf, type View } from './rehearsal.ts'
import { blockProblem } from './review-live.ts'

export type DryRun = { readonly decision: Decision; readonly request: ApiRequest | undefined }

/** A person, by `organization_user_id`, and webhook records supposed on top of what is known. */
type Supposing = { readonly person: string; readonly events: readonly unknown[] }

/** Everything that a delivery does short of sending: on what is known, and on `events` supposed beside it. */
export async function dryRun(
  deps: IntegrationDeps,
  { id, ...supposing }: Supposing & { readonly id: string },
): Promise<DryRun> {
  const view = await viewOf(deps, await existingIntegration(deps.db, id))
  return dryRunThrough(deps, { view, audience: await audienceOf(deps, view) }, supposing)
}

type Draft = {
  readonly sourceId: string
  readonly document: Document
  /** The integration that the document would replace; undefined for a new one. */
  readonly integrationId: string | undefined
}

/** The same with a document that is not kept. Refuses what Mailchimp has against its key and audience. */
export async function dryRunOfDraft(deps: IntegrationDeps, { draft, ...supposing }: Supposing & { draft: Draft }) {
  const view = await viewOfDraft(deps, draft)
  const audience = await readAudienceOf(deps, view)
  if (audience.kind === 'read') return dryRunThrough(deps, { view, audience: audience.value }, supposing)
  if (audience.kind !== 'blocked') throw new Problem('mailchimp_unreachable', audience.detail)
  const problem = blockProblem(audience, 'properties.audience_id')
  throw new Problem('invalid_document', 'Mailchimp says that this cannot work', [problem])
}

async function viewOfDraft({ db }: IntegrationDeps, { sourceId, document, integrationId }: Draft): Promise<View> {
  const source = await findSource(db, sourceId)
  if (!source) throw noSuchSource(sourceId)
  const { settings, apiKey } = document
  const replaced = integrationId === undefined ? undefined : await findIntegration(db, integrationId)
  // Of another audience or account nothing is known.
  const isSame =
    replaced?.sourceId === sourceId &&
    replaced.settings.audienceId === settings.audienceId &&
    replaced.settings.dataCentre === settings.dataCentre
  return { sourceId, feed: source.feed ?? undefined, settings, apiKey, integrationId: isSame ? replaced.id : undefined }
}

async function dryRunThrough(
  { db, now }: IntegrationDeps,
  { view, audience }: { readonly view: View; readonly audience: Audience },
  { person: organizationUserId, events }: Supposing,
): Promise<DryRun> {
  const person = personOf(organizationUserId)
  const known = (await knownOf(db, view, [person])).get(person)
  const facts = [...(known?.facts ?? []), ...supposed(events, person, now())]
  const decision = rehearse(view, audience, { person, facts, last: known?.last })
  return {
    decision,
    request: decision.plan.do === 'skip' ? undefined : requestFor(decision.plan, view.settings.audienceId),
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
