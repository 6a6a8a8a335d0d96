import { idParams, pageQuery } from '../../contract/shared.ts'
import { createdSource, newSource, secretRenewal, source, sourceChange, sourcePage } from '../../contract/sources.ts'
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
      schema: {
        tags,
        operationId: 'createSource',
        summary: 'Make a source',
        description: 'The source takes webhooks at once. Its secret is shown in this answer and never again.',
        body: newSource,
        response: { 201: createdSource },
      },
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
      config: { role: 'operator', refuses: ['not_found'] },
      schema: {
        tags,
        operationId: 'updateSource',
        summary: 'Change the family of a source',
        description: 'The source folds the other family of webhooks, and everyone whom it knows is due.',
        params: idParams,
        body: sourceChange,
        response: { 200: source },
      },
    },
    async request => {
      const { id } = request.params
      return showSource(deps, await changeFeed(deps, { id, feed: request.body.feed, actor: request.actor }))
    },
  )
}

function secretRoutes(api: Api, deps: ApiDeps): void {
  api.post(
    '/v1/sources/:id/renew-secret',
    {
      config: { role: 'operator', refuses: ['not_found'] },
      schema: {
        tags,
        operationId: 'renewSourceSecret',
        summary: 'Renew the secret of a source',
        description:
          'The source has a new secret, which is shown in this answer and never again. The one that was in use goes on working for the grace period.',
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
      config: { role: 'operator', refuses: ['not_found'] },
      schema: {
        tags,
        operationId: 'endPreviousSourceSecret',
        summary: 'End the previous secret of a source',
        description: 'The previous secret opens nothing any more. Nothing changes when none is working.',
        params: idParams,
        response: { 200: source },
      },
    },
    async ({ params: { id }, actor }) => showSource(deps, await endPreviousSecret(deps, { id, actor })),
  )
}

function readRoutes(api: Api, deps: ApiDeps): void {
  api.get(
    '/v1/sources',
    {
      config: { role: 'viewer' },
      schema: {
        tags,
        operationId: 'listSources',
        summary: 'List sources',
        description: 'The sources are shown with the state of their secrets, but without any secret.',
        querystring: pageQuery,
        response: { 200: sourcePage },
      },
    },
    async ({ query }) => {
      const shown = await showSources(deps, await listSources(deps.db, pageRequest(query)))
      return page(shown, query, each => each)
    },
  )
  api.get(
    '/v1/sources/:id',
    {
      config: { role: 'viewer', refuses: ['not_found'] },
      schema: {
        tags,
        operationId: 'getSource',
        summary: 'Show one source',
        description: 'The source is shown with the state of its secret, but without the secret.',
        params: idParams,
        response: { 200: source },
      },
    },
    async request => showSource(deps, await existingSource(deps.db, request.params.id)),
  )
}
