import { idParams, nothing, pageQuery } from '../../contract/shared.ts'
import { createdToken, newToken, tokenPage } from '../../contract/tokens.ts'
import { createToken, removeToken } from '../../pipeline/access/tokens.ts'
import { listTokens } from '../../store/access/tokens.ts'
import { page, pageRequest } from '../paging.ts'
import { instant, instantOrNull } from '../show.ts'
import { type Api, type ApiDeps } from './deps.ts'

const tags = ['tokens']

export function tokenRoutes(api: Api, deps: ApiDeps): void {
  createRoute(api, deps)
  listRoute(api, deps)
  removeRoute(api, deps)
}

function createRoute(api: Api, deps: ApiDeps): void {
  api.post(
    '/v1/tokens',
    {
      config: { role: 'owner', proof: true },
      schema: {
        tags,
        operationId: 'createApiToken',
        summary: 'Make an API token',
        description: 'The token works at once. Its text is shown in this answer and never again.',
        body: newToken,
        response: { 201: createdToken },
      },
    },
    async (request, reply) => {
      const { name, role } = request.body
      const made = await createToken(deps, { name, role, actor: request.actor })
      return reply.code(201).send({ ...made, name, role })
    },
  )
}

function listRoute(api: Api, deps: ApiDeps): void {
  api.get(
    '/v1/tokens',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        operationId: 'listApiTokens',
        summary: 'List API tokens',
        description: 'The tokens are shown without their texts, with those that were revoked.',
        querystring: pageQuery,
        response: { 200: tokenPage },
      },
    },
    async ({ query }) =>
      page(await listTokens(deps.db, pageRequest(query)), query, row => ({
        id: row.id,
        name: row.name,
        role: row.role,
        created_at: instant(row.createdAt),
        revoked_at: instantOrNull(row.revokedAt),
      })),
  )
}

function removeRoute(api: Api, deps: ApiDeps): void {
  api.delete(
    '/v1/tokens/:id',
    {
      config: { role: 'owner', proof: true, refuses: ['not_found'] },
      schema: {
        tags,
        operationId: 'deleteApiToken',
        summary: 'Revoke an API token',
        description: 'The token opens nothing any more. One that was revoked before is not found.',
        params: idParams,
        response: { 204: nothing },
      },
    },
    async (request, reply) => {
      await removeToken(deps, { id: request.params.id, actor: request.actor })
      return reply.code(204).send(null)
    },
  )
}
