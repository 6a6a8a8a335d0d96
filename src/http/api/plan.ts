import { idParams, plan, planRequest } from '../../contract/api.ts'
import { dryRun } from '../../pipeline/dry-run.ts'
import { explain, showChoices } from '../show.ts'
import { type Api, type ApiDeps } from './deps.ts'

export function planRoutes(api: Api, deps: ApiDeps): void {
  api.post(
    '/v1/integrations/:id/plan',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['integrations'],
        summary: 'What would be sent for a person, and why; nothing is stored or written',
        params: idParams,
        body: planRequest,
        response: { 200: plan },
      },
    },
    async request => {
      const { decision, request: call } = await dryRun(deps, { id: request.params.id, ...request.body })
      const because = decision.plan.do === 'skip' ? decision.plan.because : null
      return {
        do: decision.plan.do,
        because,
        says: explain(because).says,
        request: call ? { method: call.method, path: call.path, body: call.body } : null,
        set_aside: [...decision.desired.setAside],
        choices: showChoices(decision.state),
        last_delivered: decision.lastDelivered ? { ...decision.lastDelivered } : null,
      }
    },
  )
}
