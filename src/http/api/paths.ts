import { idParams } from '../../contract/api.ts'
import { suggestedPaths } from '../../contract/paths.ts'
import { fold, groupBy } from '../../domain/fold.ts'
import { sharedPaths } from '../../domain/known-paths.ts'
import { Problem } from '../../domain/problem.ts'
import { listFacts } from '../../store/fact-list.ts'
import { findSource } from '../../store/sources.ts'
import { type Api, type ApiDeps } from './deps.ts'

const MOST_EXAMINED = 2_000

export function pathRoutes(api: Api, { db }: ApiDeps): void {
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
    async ({ params: { id } }) => {
      const source = await findSource(db, id)
      if (!source) throw new Problem('not_found', `there is no source ${id}`)
      const listed = await listFacts(db, { sourceId: id, before: '', limit: MOST_EXAMINED })
      const regulations = [...new Set(listed.map(({ fact }) => fact.regulation))]
      const rules = { family: source.feed ?? 'user', regulations, onUserDeleted: 'keep' } as const
      const people = groupBy(
        listed.filter(({ person }) => person !== undefined),
        ({ person }) => person ?? '',
      )
      const states = [...people.values()].map(own =>
        fold(
          own.map(({ fact }) => fact),
          rules,
        ),
      )
      const data = sharedPaths(states).map(each => ({ ...each, samples: [...each.samples] }))
      return { examined: listed.length, data }
    },
  )
}
