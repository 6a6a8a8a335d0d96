import { CircleCheck } from 'lucide-react'
import type { OverviewFigures } from '../../api/overview.ts'
import { HoldNotice } from '../../parts/HoldNotice.tsx'
import { useIntegrationName } from '../../parts/IntegrationSelect.tsx'
import { Notice } from '../../ui/Notice.tsx'
import { TextLink } from '../../ui/TextLink.tsx'

/** What holds deliveries back, or that nothing does. */
export function Health({ figures: { holds } }: { readonly figures: OverviewFigures }) {
  const nameOf = useIntegrationName()
  if (holds.length === 0)
    return (
      <Notice tone="good" icon={<CircleCheck size={18} />} title="Nothing is held">
        <span className="small">Every integration can deliver.</span>
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
