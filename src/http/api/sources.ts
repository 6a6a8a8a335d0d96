import { type z } from 'zod'
import { createdSource, idParams, newSource, pageOf, pageQuery, source, sourceChange } from '../../contract/api.ts'
import { Problem } from '../../domain/problem.ts'
import { changeFeed, createSource, type SourceSecrets } from '../../pipeline/sources.ts'
import { findSource, listSources, type SourceRow } from '../../store/sources.ts'
import { page, pageRequest } from '../paging.ts'
import { instant } from '../show.ts'
import { type Api, type ApiDeps } from './deps.ts'

export function sourceRoutes(api: Api, deps: ApiDeps): void {
  writeRoutes(api, deps)
  readRoutes(api, deps)
}

function writeRoutes(api: Api, deps: ApiDeps): void {
  api.post(
    '/v1/sources',
    {
      config: { role: 'operator' },
      schema: { tags: ['sources'], summary: 'Make a source', body: newSource, response: { 201: createdSource } },
    },
    async (request, reply) => {
      const { name, organization_id, feed, authentication } = request.body
      const made = await createSource(deps, {
        source: { name, organizationId: organization_id, feed, authType: authentication.type },
        actor: request.actor,
      })
      return reply.code(201).send({ ...show(deps, made.source), authentication: showSecrets(deps, made.secrets) })
    },
  )
  api.patch(
    '/v1/sources/:id',
    {
      config: { role: 'operator' },
      schema: {
        tags: ['sources'],
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
      return show(deps, changed.source)
    },
  )
}

function readRoutes(api: Api, deps: ApiDeps): void {
  api.get(
    '/v1/sources',
    {
      config: { role: 'viewer' },
      schema: { tags: ['sources'], summary: 'Sources', querystring: pageQuery, response: { 200: pageOf(source) } },
    },
    async request =>
      page(await listSources(deps.db, pageRequest(request.query)), request.query, row => show(deps, row)),
  )
  api.get(
    '/v1/sources/:id',
    {
      config: { role: 'viewer' },
      schema: { tags: ['sources'], summary: 'One source', params: idParams, response: { 200: source } },
    },
    async request => show(deps, await existing(deps, request.params.id)),
  )
}

function show({ publicUrl }: ApiDeps, row: SourceRow): z.infer<typeof source> {
  return {
    id: row.id,
    name: row.name,
    organization_id: row.organization_id,
    feed: row.feed,
    authentication: { type: row.auth_type },
    webhook_url: `${publicUrl()}/webhooks/didomi/${row.id}`,
    created_at: instant(row.created_at),
  }
}

const showSecrets = ({ publicUrl }: ApiDeps, secrets: SourceSecrets) =>
  secrets.type === 'bearer'
    ? { type: secrets.type, token: secrets.token, header: `Authorization: Bearer ${secrets.token}` }
    : {
        type: secrets.type,
        client_id: secrets.clientId,
        client_secret: secrets.clientSecret,
        token_url: `${publicUrl()}/oauth/token`,
      }

async function existing({ db }: ApiDeps, id: string): Promise<SourceRow> {
  const row = await findSource(db, id)
  if (!row) throw new Problem('not_found', `there is no source ${id}`)
  return row
}
