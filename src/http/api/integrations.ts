import { z } from 'zod'
import { heldBy, type Hold } from '../../domain/hold.ts'
import { checkResult, integration, newIntegration } from '../../contract/integrations.ts'
import { idParams, pageOf, pageQuery } from '../../contract/shared.ts'
import { testWrite, testWriteStarted } from '../../contract/people.ts'
import { documentOf, parseDocument } from '../../contract/parse-document.ts'
import {
  checkIntegration,
  createIntegration,
  pauseIntegration,
  removeIntegration,
  replaceIntegration,
  resumeIntegration,
} from '../../pipeline/settings/integrations.ts'
import { startTestWrite } from '../../pipeline/upkeep/test-write.ts'
import { existingIntegration } from '../../pipeline/existing.ts'
import { findCredential, listIntegrations, type Integration } from '../../store/settings/integrations.ts'
import { page, pageRequest } from '../paging.ts'
import { explain, instant } from '../show.ts'
import { acceptAnything } from '../validation.ts'
import { type Api, type ApiDeps } from './deps.ts'
import { asObject, documentIn, mergePatch, refusal, withKeptKey } from './documents.ts'

const tags = ['integrations']

export function integrationRoutes(api: Api, deps: ApiDeps): void {
  readRoutes(api, deps)
  createRoute(api, deps)
  changeRoutes(api, deps)
  actionRoutes(api, deps)
  testWriteRoute(api, deps)
  api.post(
    '/v1/integrations/:id/check',
    {
      config: { role: 'operator' },
      schema: { tags, summary: 'Ask Mailchimp whether it can work', params: idParams, response: { 200: checkResult } },
    },
    async request => {
      const review = await checkIntegration(deps, request.params.id)
      return {
        ok: review.checked && review.problems.length === 0,
        checked: review.checked,
        not_checked: review.notChecked ?? null,
        account: review.account ?? null,
        audience: review.audience
          ? {
              id: review.audience.id,
              name: review.audience.name,
              merge_fields: review.audience.fields.map(({ tag, name, type }) => ({ tag, name, type })),
            }
          : null,
        problems: [...review.problems],
      }
    },
  )
}

function readRoutes(api: Api, deps: ApiDeps): void {
  api.get(
    '/v1/integrations',
    {
      config: { role: 'viewer' },
      schema: { tags, summary: 'Integrations', querystring: pageQuery, response: { 200: pageOf(integration) } },
    },
    async request => {
      const rows = await listIntegrations(deps.db, pageRequest(request.query))
      const shown = await Promise.all(rows.map(async row => ({ id: row.id, shown: await show(deps, row) })))
      return page(shown, request.query, row => row.shown)
    },
  )
  api.get(
    '/v1/integrations/:id',
    {
      config: { role: 'viewer' },
      schema: { tags, summary: 'One integration', params: idParams, response: { 200: integration } },
    },
    async request => show(deps, await existingIntegration(deps.db, request.params.id)),
  )
}

function createRoute(api: Api, deps: ApiDeps): void {
  api.post(
    '/v1/integrations',
    {
      config: { role: 'operator' },
      schema: { tags, summary: 'Make an integration', body: newIntegration, response: { 201: integration } },
      validatorCompiler: acceptAnything,
    },
    async (request, reply) => {
      const { source_id: sourceId, ...json } = asObject(request.body)
      const parsed = parseDocument(json)
      const noSource = typeof sourceId === 'string' && sourceId !== '' ? [] : [SOURCE_MISSING]
      if (!parsed.ok || noSource.length > 0) throw refusal([...(parsed.ok ? [] : parsed.problems), ...noSource])
      const made = await createIntegration(deps, { sourceId: String(sourceId), document: parsed, actor: request.actor })
      return reply.code(201).send(await show(deps, made))
    },
  )
}

function changeRoutes(api: Api, deps: ApiDeps): void {
  for (const method of ['PUT', 'PATCH'] as const) {
    api.route({
      method,
      url: '/v1/integrations/:id',
      config: { role: 'operator' },
      schema: {
        tags,
        summary: method === 'PUT' ? 'Replace the document' : 'Change part of the document (RFC 7396 merge patch)',
        params: idParams,
        body: newIntegration.partial(),
        response: { 200: integration },
      },
      validatorCompiler: acceptAnything,
      handler: async request => {
        const { id } = request.params
        const existing = await existingIntegration(deps.db, id)
        const json = documentIn(asObject(request.body))
        const merged = method === 'PUT' ? json : mergePatch(documentOf(existing.settings), json)
        const document = await withKeptKey(deps, existing, merged)
        return show(deps, await replaceIntegration(deps, { id, document, actor: request.actor }))
      },
    })
  }
}

function actionRoutes(api: Api, deps: ApiDeps): void {
  api.delete(
    '/v1/integrations/:id',
    {
      config: { role: 'operator' },
      schema: { tags, summary: 'Remove an integration', params: idParams, response: { 204: z.null() } },
    },
    async (request, reply) => {
      await removeIntegration(deps, { id: request.params.id, actor: request.actor })
      return reply.code(204).send(null)
    },
  )
  for (const [verb, act, summary] of [
    ['pause', pauseIntegration, 'Deliver nothing until resumed'],
    ['resume', resumeIntegration, 'Deliver again, and try at once what is held'],
  ] as const) {
    api.post(
      `/v1/integrations/:id/${verb}`,
      { config: { role: 'operator' }, schema: { tags, summary, params: idParams, response: { 200: integration } } },
      async request => show(deps, await act(deps, { id: request.params.id, actor: request.actor })),
    )
  }
}

function testWriteRoute(api: Api, deps: ApiDeps): void {
  api.post(
    '/v1/integrations/:id/test-write',
    {
      config: { role: 'operator' },
      schema: {
        tags,
        summary: 'Write one person to Mailchimp now, every mapped field, whatever Mailchimp holds',
        params: idParams,
        body: testWrite,
        response: { 202: testWriteStarted },
      },
    },
    async ({ params: { id }, body: { person }, actor }, reply) =>
      reply.code(202).send({ delivery_id: await startTestWrite(deps, { id, person, actor }) }),
  )
}

const SOURCE_MISSING = {
  path: 'source_id',
  code: 'missing',
  detail: 'source_id is missing.',
  remedy: 'Give the id of a source of this service; POST /v1/sources makes one.',
}

async function show({ db }: ApiDeps, row: Integration) {
  const credential = await findCredential(db, row.credentialId)
  return {
    id: row.id,
    source_id: row.sourceId,
    ...documentOf(row.settings),
    paused: row.paused,
    held_by: heldBy(row, credential?.hold) ?? null,
    holds: [credential?.hold, row.hold].flatMap(hold => (hold ? [showHold(hold)] : [])),
    created_at: instant(row.createdAt),
    updated_at: instant(row.updatedAt),
  }
}

const showHold = (hold: Hold) => {
  const { says, next } = explain(hold.cause)
  return { cause: hold.cause, says: says ?? '', next: next ?? '', detail: hold.detail, since: instant(hold.since) }
}
