import { idParams, pageOf, pageQuery } from '../../contract/shared.ts'
import { createdSource, newSource, secretRenewal, source, sourceChange } from '../../contract/sources.ts'
import { SECOND } from '../../domain/instant.ts'
import { existingSource } from '../../pipeline/existing.ts'
import { USUAL_GRACE } from '../../domain/source-secret.ts'
import { endPreviousSecret, renewSecret } from '../../pipeline/settings/source-secrets.ts'
import { changeFeed, createSource } from '../../pipeline/settings/sources.ts'
import { listSources } from '../../store/settings/sources.ts'
import { page, pageRequest } from '../paging.ts'
import { type Api, type ApiDeps } from './deps.ts'
import { showOnce, showSource, showSources } from './show-source.ts'

const tags = ['sources']

export function sourceRoutes(api: Api, deps: ApiDeps): void {
  writeRoutes(api, deps)
  secretRoutes(api, deps)
  readRoutes(api, deps)
}

function writeRoutes(api: Api, deps: ApiDeps): void {
  api.post(
    '/v1/sources',
    {
      config: { role: 'operator' },
      schema: { tags, summary: 'Make a source', body: newSource, response: { 201: createdSource } },
    },
    async (request, reply) => {
      const { name, organization_id, feed, authentication } = request.body
      const made = await createSource(deps, {
        source: { name, organizationId: organization_id, feed, authType: authentication.type },
        actor: request.actor,
      })
      return reply.code(201).send(await showOnce(deps, made))
    },
  )
  api.patch(
    '/v1/sources/:id',
    {
      config: { role: 'operator' },
      schema: {
        tags,
        summary: 'Change the family of webhooks that a source folds',
        params: idParams,
        body: sourceChange,
        response: { 200: source },
      },
    },
    async request => {
      const { id } = request.params
      const changed = await changeFeed(deps, { id, feed: request.body.feed, actor: request.actor })
      await deps.worker.reload()
      deps.worker.wake(changed.owing)
      return showSource(deps, changed.source)
    },
  )
}

function secretRoutes(api: Api, deps: ApiDeps): void {
  api.post(
    '/v1/sources/:id/renew-secret',
    {
      config: { role: 'operator' },
      schema: {
        tags,
        summary: 'Make a new secret; the one that was in use goes on working for a while',
        params: idParams,
        body: secretRenewal,
        response: { 200: createdSource },
      },
    },
    async ({ params: { id }, body, actor }) => {
      const graceMs = body ? body.grace_seconds * SECOND : USUAL_GRACE
      return showOnce(deps, await renewSecret(deps, { id, graceMs, actor }))
    },
  )
  api.post(
    '/v1/sources/:id/end-previous-secret',
    {
      config: { role: 'operator' },
      schema: { tags, summary: 'End the previous secret at once', params: idParams, response: { 200: source } },
    },
    async ({ params: { id }, actor }) => showSource(deps, await endPreviousSecret(deps, { id, actor })),
  )
}

function readRoutes(api: Api, deps: ApiDeps): void {
  api.get(
    '/v1/sources',
    {
      config: { role: 'viewer' },
      schema: { tags, summary: 'Sources', querystring: pageQuery, response: { 200: pageOf(source) } },
    },
    async ({ query }) => {
      const shown = await showSources(deps, await listSources(deps.db, pageRequest(query)))
      return page(shown, query, each => each)
    },
  )
  api.get(
    '/v1/sources/:id',
    {
      config: { role: 'viewer' },
      schema: { tags, summary: 'One source', params: idParams, response: { 200: source } },
    },
    async request => showSource(deps, await existingSource(deps.db, request.params.id)),
  )
}
