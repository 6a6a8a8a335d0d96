import { retention, retentionChange } from '../../contract/retention.ts'
import { changeRetention } from '../../pipeline/upkeep/retention.ts'
import { readRetention } from '../../store/settings/retention.ts'
import { type Api, type ApiDeps } from './deps.ts'

const tags = ['retention']

export function retentionRoutes(api: Api, deps: ApiDeps): void {
  api.get(
    '/v1/retention',
    {
      config: { role: 'viewer' },
      schema: {
        tags,
        operationId: 'getRetention',
        summary: 'Show for how long what is kept',
        description: 'The answer says for how many days what is kept; null is for ever.',
        response: { 200: retention },
      },
    },
    async () => (await readRetention(deps.db)).retention,
  )
  api.patch(
    '/v1/retention',
    {
      config: { role: 'owner', proof: true },
      schema: {
        tags,
        operationId: 'updateRetention',
        summary: 'Change for how long what is kept',
        description:
          'Each kind that is given is kept for that number of days from now on. What has expired by that goes at once, for good.',
        body: retentionChange,
        response: { 200: retention },
      },
    },
    request => changeRetention(deps, { change: request.body, actor: request.actor }),
  )
}
