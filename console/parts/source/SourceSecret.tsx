import { Stack, Text } from '@mantine/core'
import { KeyRound } from 'lucide-react'
import type { CreatedSource } from '../../api/sources.ts'
import { CopyField } from '../../ui/CopyField.tsx'
import { Notice } from '../../ui/Notice.tsx'

type Props = { readonly source: CreatedSource }

/** What to paste into Didomi, with the secret, which is shown this once. */
export function SourceSecret({ source }: Props) {
  return (
    <Notice tone="good" icon={<KeyRound size={18} />} title="Paste this into Didomi now">
      <Stack gap="sm">
        <Text size="sm">
          At Didomi: Marketplace › HTTP webhook. The secret is shown this once and cannot be read again.
        </Text>
        <CopyField label="Endpoint URL" value={source.webhook_url} />
        <Secret authentication={source.authentication} />
        <Text size="sm">Leave all event types selected, and Flatten off.</Text>
      </Stack>
    </Notice>
  )
}

function Secret({ authentication }: { readonly authentication: CreatedSource['authentication'] }) {
  if (authentication.type === 'bearer')
    return (
      <CopyField
        label="Request Headers (JSON)"
        value={JSON.stringify({ Authorization: `Bearer ${authentication.token}` })}
      />
    )
  return (
    <>
      <CopyField label="Token URL" value={authentication.token_url} />
      <CopyField label="API Key" value={authentication.client_id} />
      <CopyField label="Client Secret" value={authentication.client_secret} />
      <CopyField label="Grant Type" value="client_credentials" />
    </>
  )
}
