import { z } from 'zod'
import { idParams, pageOf, pageQuery } from '../../contract/shared.ts'
import { createdToken, newToken, token } from '../../contract/tokens.ts'
import { createToken, removeToken } from '../../pipeline/access/tokens.ts'
import { listTokens } from '../../store/access/tokens.ts'
import { page, pageRequest } from '../paging.ts'
import { instant, instantOrNull } from '../show.ts'
import { type Api, type ApiDeps } from './deps.ts'

const tags = ['tokens']

export function tokenRoutes(api: Api, deps: ApiDeps): void {
  api.post(
    '/v1/tokens',
    {
      config: { role: 'owner' },
      schema: { tags, summary: 'Make an API token', body: newToken, response: { 201: createdToken } },
    },
    async (request, reply) => {
      const { name, role } = request.body
      const made = await createToken(deps, { name, role, actor: request.actor })
      return reply.code(201).send({ ...made, name, role })
    },
  )
  api.get(
    '/v1/tokens',
    {
      config: { role: 'owner' },
      schema: { tags, summary: 'API tokens', querystring: pageQuery, response: { 200: pageOf(token) } },
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
  api.delete(
    '/v1/tokens/:id',
    {
      config: { role: 'owner' },
      schema: { tags, summary: 'Revoke an API token', params: idParams, response: { 204: z.null() } },
    },
    async (request, reply) => {
      await removeToken(deps, { id: request.params.id, actor: request.actor })
      return reply.code(204).send(null)
    },
  )
}
