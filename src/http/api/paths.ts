import { idParams } from '../../contract/shared.ts'
import { suggestedPaths } from '../../contract/paths.ts'
import { createPathReader } from '../../pipeline/watch/seen-paths.ts'
import { type Api, type ApiDeps } from './deps.ts'

export function pathRoutes(api: Api, deps: ApiDeps): void {
  const read = createPathReader(deps)
  api.get(
    '/v1/sources/:id/paths',
    {
      config: { role: 'viewer', refuses: ['not_found'] },
      schema: {
        tags: ['sources'],
        operationId: 'listSourcePaths',
        summary: 'List the paths seen in a source',
        description:
          'The paths that the newest facts of the source could fill are shown with how many persons have them.',
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
