import type { Integration } from '../api/integrations.ts'
import { Status } from '../ui/Status.tsx'

type Props = { readonly integration: Pick<Integration, 'enabled' | 'paused' | 'holds'> }

/** Whether it delivers now. */
export function IntegrationStatus({ integration: { enabled, paused, holds } }: Props) {
  if (!enabled) return <Status tone="calm">Disabled</Status>
  if (paused) return <Status tone="calm">Paused</Status>
  if (holds.length > 0) return <Status tone="warn">Held</Status>
  return <Status tone="good">Delivering</Status>
}
