import { Button, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { createIntegration } from '../../api/integrations.ts'
import { audienceQuery } from '../../api/mailchimp.ts'
import { sourcesQuery } from '../../api/sources.ts'
import { authenticationOf, documentOf, filledRules, type Draft } from '../../parts/draft/draft.ts'
import { FieldRules } from '../../parts/mapping/FieldRules.tsx'
import { showNotes } from '../../parts/show-notes.ts'
import { Facts } from '../../ui/Facts.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { ProblemNotice } from '../../ui/ProblemNotice.tsx'
import { StepFrame } from './StepFrame.tsx'
import type { StepProps } from './steps.ts'
import { inWords, OPTION_NAMES, OPTIONS, type Option } from '../../../src/domain/options.ts'

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
    onSuccess: async ({ id, notes }) => {
      onDone()
      showNotes(notes)
      void queries.invalidateQueries({ queryKey: ['integrations'] })
      await navigate({ to: '/integrations/$integrationId', params: { integrationId: id } })
    },
  })
}

function Summary({ draft }: { readonly draft: Draft }) {
  const auth = authenticationOf(draft)
  const { data: sources } = useQuery(sourcesQuery)
  const { data: audience } = useQuery({
    ...audienceQuery({ auth: auth ?? { integration_id: '' }, audienceId: draft.audienceId }),
    enabled: auth !== undefined,
  })
  return (
    <Facts
      lines={[
        ['Name', draft.name || 'none'],
        ['Source', sources?.data.find(({ id }) => id === draft.sourceId)?.name ?? draft.sourceId],
        ['Server URL', <span className="code">{draft.url}</span>],
        ['Audience', audience ? `${audience.name} (${audience.id})` : draft.audienceId],
        ['Upsert mode', draft.upsertMode ? 'on' : 'off: existing contacts only'],
        ...OPTION_NAMES.filter(name => draft.upsertMode || !isOnlyUpsert(OPTIONS[name])).map(
          name => [OPTIONS[name].label, inWords(OPTIONS[name], draft.options[name])] as const,
        ),
      ]}
    />
  )
}

const isOnlyUpsert = ({ onlyUpsert }: Option): boolean => onlyUpsert ?? false
