import { Button, Group, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import {
  changeIntegration,
  deleteIntegration,
  nameOf,
  type Integration,
  type IntegrationChange,
} from '../../api/integrations.ts'
import { documentOf, type Draft } from '../../parts/draft/draft.ts'
import { OptionsFields } from '../../parts/draft/OptionsFields.tsx'
import { SettingsFields } from '../../parts/draft/SettingsFields.tsx'
import { useMay } from '../../parts/role.tsx'
import { useIntegrationChanged } from '../../parts/use-integration-changed.ts'
import { showNotes } from '../../parts/show-notes.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { ProblemNotice } from '../../ui/ProblemNotice.tsx'
import { Unsaved } from './Unsaved.tsx'
import { useEditedDraft } from './use-edited-draft.ts'

type Props = { readonly integration: Integration }

export function SettingsTab({ integration }: Props) {
  const mayChange = useMay('operator')
  if (!mayChange) return <Text size="sm">Operators and owners can change these settings.</Text>
  return (
    <Stack maw={640}>
      <EditPanel key={integration.id} integration={integration} />
      <EnabledPanel integration={integration} />
      <RemovePanel integration={integration} />
    </Stack>
  )
}

function EditPanel({ integration }: Props) {
  const { draft, change, isChanged, isOutdated, begin } = useEditedDraft(integration, changeOf)
  const undo = (): void => begin(integration)
  const noticeChange = useIntegrationChanged()
  const save = useMutation({
    mutationFn: () => changeIntegration({ id: integration.id, change: changeOf(draft) }),
    meta: { problem: 'inline' },
    onSuccess: changed => {
      noticeChange(changed)
      begin(changed)
      notifications.show({ message: 'Saved. Everyone of this integration is looked at again.' })
      showNotes(changed.notes)
    },
  })
  return (
    <Panel title="Settings and options">
      <Stack>
        <Unsaved isChanged={isChanged} isOutdated={isOutdated} onUndo={undo} />
        <SettingsFields draft={draft} onChange={change} integrationId={integration.id} />
        <OptionsFields draft={draft} onChange={change} />
        {save.error && <ProblemNotice problem={save.error} />}
        <Group>
          <Button loading={save.isPending} onClick={() => save.mutate()}>
            Save
          </Button>
          {isChanged && (
            <Button variant="default" onClick={undo}>
              Undo changes
            </Button>
          )}
        </Group>
      </Stack>
    </Panel>
  )
}

/** All but the mapping; the key only when another one was typed. */
function changeOf(draft: Draft): IntegrationChange['change'] {
  const { authentication, properties, upsert_mode, options, name = null } = documentOf(draft)
  const change = { properties, upsert_mode, options, name }
  return draft.apiKey.trim() === '' ? change : { ...change, authentication }
}

function EnabledPanel({ integration: { id, enabled } }: Props) {
  const noticeChange = useIntegrationChanged()
  const toggle = useMutation({
    mutationFn: () => changeIntegration({ id, change: { enabled: !enabled } }),
    onSuccess: noticeChange,
  })
  return (
    <Panel title={enabled ? 'Disable' : 'Enable'}>
      <Text size="sm" mb="sm">
        {enabled
          ? 'A disabled integration owes nobody anything: what people choose meanwhile is sent only when it is enabled again.'
          : 'It is checked with Mailchimp, then everyone the source knows becomes due.'}
      </Text>
      <Button variant="default" loading={toggle.isPending} onClick={() => toggle.mutate()}>
        {enabled ? 'Disable' : 'Enable'}
      </Button>
    </Panel>
  )
}

function RemovePanel({ integration }: Props) {
  const [isOpen, dialog] = useDisclosure(false)
  const queries = useQueryClient()
  const navigate = useNavigate()
  const removal = useMutation({
    mutationFn: () => deleteIntegration(integration.id),
    meta: { problem: 'inline' },
    onSuccess: async () => {
      await navigate({ to: '/integrations' })
      queries.removeQueries({ queryKey: ['integrations'] })
    },
  })
  return (
    <Panel title="Remove">
      <Text size="sm" mb="sm">
        Its deliveries and attempts go with it. What the source told stays, and so does everything at Mailchimp.
      </Text>
      <Button variant="default" c="var(--bad)" onClick={dialog.open}>
        Remove the integration
      </Button>
      <ConfirmDialog
        title={`Remove “${nameOf(integration)}”?`}
        isOpen={isOpen}
        onClose={dialog.close}
        onConfirm={() => removal.mutate()}
        confirm="Remove"
        isDangerous
        isPending={removal.isPending}
        problem={removal.error}
      >
        <Text size="sm">
          Audience {integration.properties.audience_id} gets no more changes from here. This cannot be undone.
        </Text>
      </ConfirmDialog>
    </Panel>
  )
}
