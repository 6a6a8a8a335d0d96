import { Button, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { createIntegration } from '../../api/integrations.ts'
import { audienceQuery } from '../../api/mailchimp.ts'
import { sourcesQuery } from '../../api/sources.ts'
import { authenticationOf, documentOf, filledRules, type Draft } from '../../parts/draft/draft.ts'
import { FieldRules } from '../../parts/mapping/FieldRules.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { ProblemNotice } from '../../ui/ProblemNotice.tsx'
import { StepFrame } from './StepFrame.tsx'
import type { StepProps } from './steps.ts'

export function ReviewStep({ draft, go, onDone }: StepProps) {
  const creation = useCreation(draft, onDone)
  const isMissingKey = draft.apiKey.trim() === ''
  return (
    <StepFrame
      onBack={() => go('mapping')}
      actions={
        isMissingKey ? (
          <Button onClick={() => go('settings')}>Go to Settings</Button>
        ) : (
          <Button loading={creation.isPending} onClick={() => creation.mutate()}>
            Make the integration and deliver
          </Button>
        )
      }
    >
      <Panel title="Review">
        <Summary draft={draft} />
      </Panel>
      <FieldRules rules={filledRules(draft)} />
      {isMissingKey && (
        <Text size="sm" role="status">
          The API key is not kept when the page is loaded anew. Go back to Settings and put it in again.
        </Text>
      )}
      {creation.error && <ProblemNotice problem={creation.error} />}
    </StepFrame>
  )
}

function useCreation(draft: Draft, onDone: () => void) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: () => createIntegration({ ...documentOf(draft), source_id: draft.sourceId }),
    meta: { problem: 'inline' },
    onSuccess: async ({ id }) => {
      onDone()
      void queries.invalidateQueries({ queryKey: ['integrations'] })
      await navigate({ to: '/integrations/$integrationId', params: { integrationId: id } })
    },
  })
}

const BULK_NAMES = {
  batches: "also by Mailchimp's batches",
  lists: '500 contacts a call',
  off: 'one by one',
} as const satisfies Record<Draft['options']['bulk'], string>

function Summary({ draft }: { readonly draft: Draft }) {
  const auth = authenticationOf(draft)
  const { data: sources } = useQuery(sourcesQuery)
  const { data: audience } = useQuery({
    ...audienceQuery({ auth: auth ?? { integration_id: '' }, audienceId: draft.audienceId }),
    enabled: auth !== undefined,
  })
  const { options } = draft
  return (
    <Facts
      lines={[
        ['Name', draft.name || 'none'],
        ['Source', sources?.data.find(({ id }) => id === draft.sourceId)?.name ?? draft.sourceId],
        ['Server URL', <span className="code">{draft.url}</span>],
        ['Audience', audience ? `${audience.name} (${audience.id})` : draft.audienceId],
        [
          'Upsert mode',
          draft.upsertMode ? `on; new contacts are ${options.newContactStatus}` : 'off: existing contacts only',
        ],
        ['People are found by', options.match],
        ['Regulations', options.regulations.join(', ')],
        [
          'No choice made',
          options.noChoice === 'keep' ? 'the merge field is left alone' : 'the merge field is cleared',
        ],
        ['User deleted', options.onUserDeleted === 'keep' ? 'nothing changes' : 'what it granted is withdrawn'],
        ['Connections', `at most ${options.connections}`],
        ['When very many are due', BULK_NAMES[options.bulk]],
      ]}
    />
  )
}
