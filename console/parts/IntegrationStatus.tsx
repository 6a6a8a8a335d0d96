import type { Integration } from '../api/integrations.ts'
import { Status } from '../ui/Status.tsx'

type Props = { readonly integration: Pick<Integration, 'held_by' | 'holds' | 'problems'> }

/** Whether it delivers now. */
export function IntegrationStatus({ integration: { held_by, holds, problems } }: Props) {
  if (held_by === 'disabled') return <Status tone="calm">Disabled</Status>
  if (held_by === 'paused') return <Status tone="calm">Paused</Status>
  if (held_by !== null) return <Status tone="warn">Held</Status>
  if (holds.length + problems.length > 0) return <Status tone="warn">Some values held</Status>
  return <Status tone="good">Delivering</Status>
}
