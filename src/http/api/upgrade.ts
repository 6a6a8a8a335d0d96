import { upgrade } from '../../contract/upgrade.ts'
import { acceptUpgrade, upgradeState } from '../../pipeline/upkeep/accept-upgrade.ts'
import { type Api, type ApiDeps } from './deps.ts'

const tags = ['upgrade']

export function upgradeRoutes(api: Api, deps: ApiDeps): void {
  api.get(
    '/v1/upgrade',
    {
      config: { role: 'viewer' },
      schema: {
        tags,
        operationId: 'getUpgrade',
        summary: 'Show how far the upgrade is',
        description:
          'After an upgrade what an older release left is brought up to date step by step, while the service runs.',
        response: { 200: upgrade },
      },
    },
    () => upgradeState(deps.db),
  )
  api.post(
    '/v1/upgrade/accept',
    {
      config: { role: 'operator' },
      schema: {
        tags,
        operationId: 'acceptUpgrade',
        summary: 'Let the upgrade grant',
        description:
          'What came in before the upgrade is read by the present rules. What these deny is written at once; what they grant is held until it is accepted here, or by `serve --accept-upgrade`.',
        response: { 200: upgrade },
      },
    },
    request => acceptUpgrade(deps, { actor: request.actor }),
  )
}
