import { type z } from 'zod'
import { plan, planRequest } from '../../contract/plans.ts'
import { idParams } from '../../contract/shared.ts'
import { sourceChange } from '../../contract/sources.ts'
import { fieldsOf } from '../../domain/impact.ts'
import { draftPlan, feedImpact, impact, impactRequest } from '../../contract/plans.ts'
import { documentOf, parseDocument } from '../../contract/parse-document.ts'
import { Problem } from '../../domain/problem.ts'
import { dryRun, dryRunOfDraft, type DryRun } from '../../pipeline/live/dry-run.ts'
import { weighChange, weighFeed, type Impacts } from '../../pipeline/live/impact.ts'
import { existingIntegration } from '../../pipeline/existing.ts'
import { type Document } from '../../pipeline/live/asking.ts'
import { explain, instantOrNull, showChoices } from '../show.ts'
import { type Api, type ApiDeps } from './deps.ts'
import { asObject, mergePatch, refusal, withKeptKey } from './documents.ts'
import { byName } from '../../domain/target.ts'
import { LIMITS } from '../../domain/limits.ts'

const tags = ['integrations']

export function planRoutes(api: Api, deps: ApiDeps): void {
  api.post(
    '/v1/integrations/:id/plan',
    {
      config: { role: 'viewer', refuses: ['not_found', 'mailchimp_unreachable', 'overloaded'], exactNumbers: true },
      schema: {
        tags,
        operationId: 'planDelivery',
        summary: 'Show what would be sent for a person',
        description:
          'The answer is what a delivery would send now, and why; events can be supposed on top. Nothing is stored or written.',
        params: idParams,
        body: planRequest,
        response: { 200: plan },
      },
    },
    async request => show(await dryRun(deps, { id: request.params.id, ...request.body })),
  )
  draftRoute(api, deps)
  impactRoutes(api, deps)
}

function draftRoute(api: Api, deps: ApiDeps): void {
  api.post(
    '/v1/plans',
    {
      config: {
        role: 'operator',
        refuses: ['not_found', 'invalid_document', 'mailchimp_unreachable', 'overloaded'],
        exactNumbers: true,
      },
      schema: {
        tags,
        operationId: 'planDraft',
        summary: 'Show what a draft would send for a person',
        description:
          'The answer is what an integration of this document would send, and why. Neither the document nor anything else is stored or written.',
        body: draftPlan,
        response: { 200: plan },
      },
    },
    async ({ body: { source_id: sourceId, integration_id: integrationId, document: json, ...supposing } }) => {
      const document = await within('document', () => draftIn(deps, json, integrationId))
      const draft = { sourceId, document, integrationId }
      return show(await within('document', () => dryRunOfDraft(deps, { draft, ...supposing })))
    },
  )
}

async function draftIn(deps: ApiDeps, json: unknown, integrationId: string | undefined): Promise<Document> {
  if (integrationId !== undefined)
    return withKeptKey(deps, await existingIntegration(deps.db, integrationId), asObject(json))
  const parsed = parseDocument(json)
  if (!parsed.ok) throw refusal(parsed.problems)
  return parsed
}

/** What is wrong with a document is wrong at a place of the body that it came in. */
async function within<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'invalid_document') throw error
    const errors = error.errors.map(each => ({ ...each, path: placeIn(path, each.path) }))
    throw new Problem(error.code, error.message, errors)
  }
}

// The source stands beside the document.
const placeIn = (path: string, own: string): string =>
  own === 'source_id' ? own : own === '' ? path : `${path}.${own}`

function impactRoutes(api: Api, deps: ApiDeps): void {
  api.post(
    '/v1/integrations/:id/impact',
    {
      config: { role: 'operator', refuses: ['not_found', 'invalid_document', 'mailchimp_unreachable', 'overloaded'] },
      schema: {
        tags,
        operationId: 'assessImpact',
        summary: 'Show what a change would do',
        description:
          'The answer counts the known people for whom the changed document makes a difference, and shows some. Nothing is stored or written.',
        params: idParams,
        body: impactRequest,
        response: { 200: impact },
      },
    },
    async ({ params: { id }, body }) => {
      const existing = await existingIntegration(deps.db, id)
      const changed = mergePatch(documentOf(existing.settings), body)
      const { settings } = await withKeptKey(deps, existing, changed)
      return showImpact(await weighChange(deps, { id, settings }))
    },
  )
  api.post(
    '/v1/sources/:id/impact',
    {
      config: { role: 'operator', refuses: ['not_found', 'mailchimp_unreachable', 'overloaded'] },
      schema: {
        tags: ['sources'],
        operationId: 'assessFeedImpact',
        summary: 'Show what the other family of webhooks would do',
        description:
          'The answer counts, for each enabled integration of the source, the known people for whom the change makes a difference, and shows some. Nothing is stored or written.',
        params: idParams,
        body: sourceChange,
        response: { 200: feedImpact },
      },
    },
    async ({ params: { id }, body: { feed } }) => ({
      integrations: (await weighFeed(deps, { id, feed })).map(({ integrationId, name, ...found }) => ({
        integration_id: integrationId,
        name: name ?? null,
        impact: showImpact(found),
      })),
    }),
  )
}

const showImpact = ({ people, examined, impacts }: Impacts): z.infer<typeof impact> => ({
  people,
  examined,
  changed: impacts.length,
  fields: { ...fieldsOf(impacts) },
  sample: impacts.slice(0, LIMITS.impactSample).map(each => ({
    person: each.person,
    do: each.do,
    because: each.because ?? null,
    says: explain(each.because).says,
    fields_before: byName(each.before),
    fields_after: byName(each.after),
  })),
})

function show({ decision, request: call }: DryRun): z.infer<typeof plan> {
  const because = decision.plan.do === 'skip' ? decision.plan.because : undefined
  return {
    do: decision.plan.do,
    because: because ?? null,
    says: explain(because).says,
    request: call ? { method: call.method, path: call.path, body: call.body } : null,
    set_aside: [...decision.desired.setAside],
    choices: showChoices(decision.state),
    last_delivered: decision.lastDelivered ? byName(decision.lastDelivered) : null,
    last_written_at: instantOrNull(decision.record.wroteAt),
  }
}
