import { type Decision } from '../../domain/decide.ts'
import { type Fact } from '../../domain/fact.ts'
import { type Audience } from '../../domain/mapping.ts'
import { personOf } from '../../domain/person.ts'
import { Problem } from '../../domain/problem.ts'
import { type ApiRequest } from '../../mailchimp/client.ts'
import { requestFor } from '../../mailchimp/requests.ts'
import { findIntegration } from '../../store/settings/integrations.ts'
import { tagsTakenFrom } from '../../store/settings/tag-claims.ts'
import { existingIntegration, sourceOfDocument } from '../existing.ts'
import { readSubmitted } from '../../didomi/submitted.ts'
import { type AskDeps, type Document } from './asking.ts'
import { audienceOf, knownOf, readAudienceOf, rehearse, viewOf, type View } from './rehearsal.ts'
import { blockProblem } from './review-live.ts'

export type DryRun = { readonly decision: Decision; readonly request: ApiRequest | undefined }

/** A person, by `organization_user_id`, and webhook records supposed on top of what is known. */
type Supposing = { readonly person: string; readonly events: readonly unknown[] }

/** Everything that a delivery does short of sending: on what is known, and on `events` supposed beside it. */
export async function dryRun(
  deps: AskDeps,
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
export async function dryRunOfDraft(deps: AskDeps, { draft, ...supposing }: Supposing & { draft: Draft }) {
  const view = await viewOfDraft(deps, draft)
  const audience = await readAudienceOf(deps, view)
  if (audience.kind === 'read') return dryRunThrough(deps, { view, audience: audience.value }, supposing)
  if (audience.kind !== 'blocked') throw new Problem('mailchimp_unreachable', audience.detail)
  const problem = blockProblem(audience, 'properties.audience_id')
  throw new Problem('invalid_document', 'Mailchimp says that this cannot work', [problem])
}

async function viewOfDraft({ db }: AskDeps, { sourceId, document, integrationId }: Draft): Promise<View> {
  const source = await sourceOfDocument(db, sourceId)
  const { settings, apiKey } = document
  const replaced = integrationId === undefined ? undefined : await findIntegration(db, integrationId)
  // Of another audience or account nothing is known.
  const isSame =
    replaced?.sourceId === sourceId &&
    replaced.settings.audienceId === settings.audienceId &&
    replaced.settings.dataCentre === settings.dataCentre
  const taken = await tagsTakenFrom(db, { id: integrationId ?? '', settings })
  return { sourceId, feed: source.feed, settings, taken, apiKey, integrationId: isSame ? replaced.id : undefined }
}

async function dryRunThrough(
  { db, clock }: AskDeps,
  { view, audience }: { readonly view: View; readonly audience: Audience },
  { person: organizationUserId, events }: Supposing,
): Promise<DryRun> {
  const person = personOf(organizationUserId)
  const known = (await knownOf(db, view, [person])).get(person) ?? []
  const facts = [...known, ...supposed(events, person, clock())]
  const decision = await rehearse(db, view, { person, facts, audience })
  return {
    decision,
    request: decision.plan.do === 'skip' ? undefined : requestFor(decision.plan, view.settings.audienceId),
  }
}

function supposed(events: readonly unknown[], person: string, now: number): Fact[] {
  if (events.length === 0) return []
  const readings = readSubmitted(Buffer.from(JSON.stringify(events)), now)
  return readings.flatMap((reading, index) => {
    if (reading.kind !== 'fact' || reading.fact.names !== person) return []
    return [{ ...reading.fact, id: `supposed_${index}` }]
  })
}
