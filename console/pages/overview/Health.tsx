import { CircleCheck, CirclePause } from 'lucide-react'
import type { OverviewFigures } from '../../api/overview.ts'
import { HoldNotice } from '../../parts/HoldNotice.tsx'
import { useIntegrationName } from '../../parts/IntegrationSelect.tsx'
import { Notice } from '../../ui/Notice.tsx'
import { TextLink } from '../../ui/TextLink.tsx'

/** What holds deliveries back, or that nothing does. */
export function Health({ figures: { holds, backlog } }: { readonly figures: OverviewFigures }) {
  const nameOf = useIntegrationName()
  // Held without a hold: of an integration that somebody paused or disabled.
  if (holds.length === 0 && backlog.held > 0)
    return (
      <Notice tone="warn" icon={<CirclePause size={18} />} title="Some deliveries are held">
        <span className="small">
          An integration is paused or disabled, or values wait for a merge field.{' '}
          <TextLink to="/integrations">Open the integrations</TextLink>
        </span>
      </Notice>
    )
  if (holds.length === 0)
    return (
      <Notice tone="good" icon={<CircleCheck size={18} />} title="Nothing is held">
        <span className="small">Nothing keeps deliveries back.</span>
      </Notice>
    )
  return holds.map(({ integration_id, ...hold }) => (
    <HoldNotice
      key={`${integration_id ?? ''} ${hold.cause}`}
      hold={hold}
      title={integration_id === null ? 'Mailchimp account held' : `Held: ${nameOf(integration_id)}`}
    >
      {integration_id !== null && (
        <TextLink to="/integrations/$integrationId" params={{ integrationId: integration_id }}>
          Open the integration
        </TextLink>
      )}
    </HoldNotice>
  ))
}
