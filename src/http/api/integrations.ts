import { heldBy, notCheckedFor, type Hold } from '../../domain/hold.ts'
import { listedProblems } from '../../domain/listed-problems.ts'
import { takenProblems } from '../../domain/taken-tag.ts'
import {
  checkResult,
  integration,
  integrationPage,
  integrationPatch,
  integrationReplacement,
  leavingIntegration,
  newIntegration,
  savedIntegration,
} from '../../contract/integrations.ts'
import { givenId, idParams, nothing, pageQuery } from '../../contract/shared.ts'
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
import { existingIntegration, keptIntegration } from '../../pipeline/existing.ts'
import { stillToOwe } from '../../store/settings/to-owe.ts'
import { findCredential, listIntegrations, type Integration } from '../../store/settings/integrations.ts'
import { page, pageRequest } from '../paging.ts'
import { explain, instant, instantOrNull } from '../show.ts'
import { acceptAnything } from '../validation.ts'
import { type Api, type ApiDeps } from './deps.ts'
import { asObject, documentIn, mergePatch, refusal, withKeptKey, withoutSource } from './documents.ts'

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
      config: { role: 'operator', refuses: ['not_found', 'overloaded'] },
      schema: {
        tags,
        operationId: 'checkIntegration',
        summary: 'Ask Mailchimp whether an integration can work',
        description: 'The answer lists everything that is in the way. When nothing is, what was held is due again.',
        params: idParams,
        response: { 200: checkResult },
      },
    },
    async request => {
      const review = await checkIntegration(deps, request.params.id)
      return {
        ok: review.checked && review.problems.length === 0,
        checked: review.checked,
        not_checked: review.notChecked ?? null,
        account: review.account ? { name: review.account.name, role: review.account.role } : null,
        audience: review.audience
          ? {
              id: review.audience.id,
              name: review.audience.name,
              merge_fields: review.audience.fields.map(({ tag, name, type }) => ({ tag, name, type })),
            }
          : null,
        problems: listedProblems(review.problems),
        notes: listedProblems(review.notes),
      }
    },
  )
}

function readRoutes(api: Api, deps: ApiDeps): void {
  api.get(
    '/v1/integrations',
    {
      config: { role: 'viewer' },
      schema: {
        tags,
        operationId: 'listIntegrations',
        summary: 'List integrations',
        description: 'The integrations are shown with all of their keys hidden but the ends, and with what holds them.',
        querystring: pageQuery,
        response: { 200: integrationPage },
      },
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
      config: { role: 'viewer', refuses: ['not_found'] },
      schema: {
        tags,
        operationId: 'getIntegration',
        summary: 'Show one integration',
        description: 'The integration is shown with all of its key hidden but the end, and with what holds it.',
        params: idParams,
        response: { 200: integration },
      },
    },
    async request => show(deps, await keptIntegration(deps.db, request.params.id)),
  )
}

function createRoute(api: Api, deps: ApiDeps): void {
  api.post(
    '/v1/integrations',
    {
      config: { role: 'operator', refuses: ['invalid_document', 'tag_taken', 'overloaded'] },
      schema: {
        tags,
        operationId: 'createIntegration',
        summary: 'Make an integration',
        description:
          'The integration is kept and everyone that its source knows is due. A document that has problems is refused with all of them, and so is what Mailchimp says cannot work; with `enabled` false, or while Mailchimp cannot be asked, Mailchimp has no say. A merge tag of the audience that another integration fills is refused, too. A document in its older shape, with `config`, is taken, too.',
        body: newIntegration,
        response: { 201: savedIntegration },
      },
      validatorCompiler: acceptAnything,
    },
    async (request, reply) => {
      const { source_id: sourceId, ...json } = asObject(request.body)
      const parsed = parseDocument(json)
      const source = givenId.safeParse(sourceId)
      if (!parsed.ok || !source.success)
        throw refusal([...(parsed.ok ? [] : parsed.problems), ...(source.success ? [] : [SOURCE_MISSING])])
      const made = await createIntegration(deps, { sourceId: source.data, document: parsed, actor: request.actor })
      return reply.code(201).send({ ...(await show(deps, made)), notes: [...parsed.notes], contacts_left: 0 })
    },
  )
}

function changeRoutes(api: Api, deps: ApiDeps): void {
  const config = { role: 'operator', refuses: ['not_found', 'invalid_document', 'tag_taken', 'overloaded'] } as const
  const [params, response] = [idParams, { 200: savedIntegration }]
  const rest =
    'Everyone that its source knows is due. What has problems, or cannot work, is refused, and so is a merge tag that another integration fills.'
  for (const [method, schema] of [
    [
      'PUT',
      {
        operationId: 'replaceIntegration',
        summary: 'Replace the document of an integration',
        description: `The integration has the document that is sent, and keeps its source. ${rest}`,
        body: integrationReplacement,
      },
    ],
    [
      'PATCH',
      {
        operationId: 'updateIntegration',
        summary: 'Change part of the document of an integration',
        description: `The document is changed as RFC 7396 says, and the rest of it stays. ${rest}`,
        body: integrationPatch,
      },
    ],
  ] as const) {
    api.route({
      method,
      url: '/v1/integrations/:id',
      config,
      schema: { tags, params, response, ...schema },
      validatorCompiler: acceptAnything,
      handler: async request => {
        const { id } = request.params
        const existing = await existingIntegration(deps.db, id)
        const merged =
          method === 'PUT'
            ? documentIn(asObject(request.body), existing)
            : mergePatch(documentOf(existing.settings), withoutSource(asObject(request.body)))
        const document = await withKeptKey(deps, existing, merged)
        const saved = await replaceIntegration(deps, { id, document, actor: request.actor })
        const shown = await show(deps, saved.integration)
        return { ...shown, notes: [...document.notes], contacts_left: saved.contactsLeft }
      },
    })
  }
}

function actionRoutes(api: Api, deps: ApiDeps): void {
  api.delete(
    '/v1/integrations/:id',
    {
      config: { role: 'operator', refuses: ['not_found'] },
      schema: {
        tags,
        operationId: 'deleteIntegration',
        summary: 'Remove an integration',
        description:
          'The integration is gone with its debts and its attempts. The facts of its source stay. While a request of it is under way, or Mailchimp may still apply one, the answer is 202: it delivers nothing new, sends the newest state once more where a late request could have overwritten it, and is gone then, by `leaves_at` at the latest. What it could not put right is listed by GET /v1/unproven.',
        params: idParams,
        response: { 202: leavingIntegration, 204: nothing },
      },
    },
    async (request, reply) => {
      const leavesAt = await removeIntegration(deps, { id: request.params.id, actor: request.actor })
      return leavesAt === undefined
        ? reply.code(204).send(null)
        : reply.code(202).send({ leaves_at: instant(leavesAt) })
    },
  )
  const pause = {
    operationId: 'pauseIntegration',
    summary: 'Pause an integration',
    description: 'Nothing is delivered until it is resumed; what comes in meanwhile waits.',
  }
  const resume = {
    operationId: 'resumeIntegration',
    summary: 'Resume an integration',
    description: 'The integration delivers again, and tries at once what was held.',
  }
  for (const [verb, act, says] of [
    ['pause', pauseIntegration, pause],
    ['resume', resumeIntegration, resume],
  ] as const) {
    api.post(
      `/v1/integrations/:id/${verb}`,
      {
        config: { role: 'operator', refuses: ['not_found'] },
        schema: { tags, ...says, params: idParams, response: { 200: integration } },
      },
      async request => show(deps, await act(deps, { id: request.params.id, actor: request.actor })),
    )
  }
}

function testWriteRoute(api: Api, deps: ApiDeps): void {
  api.post(
    '/v1/integrations/:id/test-write',
    {
      config: { role: 'operator', refuses: ['not_found', 'wrong_state'] },
      schema: {
        tags,
        operationId: 'startTestWrite',
        summary: 'Write one person to Mailchimp now',
        description:
          'The person is due in the integration, and every mapped field is sent, changed or not. An integration that is disabled is refused, and so is a person whom its source does not know.',
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
  detail: 'source_id is missing, or is no id.',
  remedy: 'Give the id of a source of this service; POST /v1/sources makes one.',
}

async function show({ db }: ApiDeps, row: Integration) {
  const credential = await findCredential(db, row.credentialId)
  const toOwe = await stillToOwe(db, row.id)
  const notChecked = notCheckedFor(row)
  return {
    id: row.id,
    source_id: row.sourceId,
    ...documentOf(row.settings),
    paused: row.paused,
    checked: notChecked === undefined,
    not_checked: notChecked ?? null,
    held_by: heldBy(row, credential?.hold) ?? null,
    holds: [credential?.hold, row.hold].flatMap(hold => (hold ? [showHold(hold)] : [])),
    problems: listedProblems(takenProblems(row.settings.mappings, row.taken)),
    still_to_owe: toOwe ? { since: instant(toOwe.since), owed: toOwe.owed } : null,
    leaves_at: instantOrNull(row.leavesAt),
    created_at: instant(row.createdAt),
    updated_at: instant(row.updatedAt),
  }
}

const showHold = (hold: Hold) => {
  const { says, next } = explain(hold.cause)
  return { cause: hold.cause, says: says ?? '', next: next ?? '', detail: hold.detail, since: instant(hold.since) }
}
