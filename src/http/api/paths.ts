import { idParams } from '../../contract/shared.ts'
import { suggestedPaths } from '../../contract/paths.ts'
import { createPathReader } from '../../pipeline/watch/seen-paths.ts'
import { type Api, type ApiDeps } from './deps.ts'

export function pathRoutes(api: Api, deps: ApiDeps): void {
  const read = createPathReader(deps)
  api.get(
    '/v1/sources/:id/paths',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['sources'],
        summary: 'The paths that a mapping of this source could use, as its newest facts show them',
        params: idParams,
        response: { 200: suggestedPaths },
      },
    },
    async ({ params }) => {
      const { examined, paths } = await read(params.id)
      return { examined, data: paths.map(each => ({ ...each, samples: [...each.samples] })) }
    },
  )
}
