import { Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery } from '@tanstack/react-query'
import { changeIntegration, type Integration } from '../../api/integrations.ts'
import { impactOf, type ChangedPerson, type Impact } from '../../api/plans.ts'
import type { Rule } from '../../parts/draft/draft.ts'
import { FieldChanges } from '../../parts/FieldChanges.tsx'
import { FieldCounts } from '../../parts/FieldCounts.tsx'
import { PersonName } from '../../parts/PersonName.tsx'
import { compareFields } from '../../parts/plan-fields.ts'
import { useIntegrationChanged } from '../../parts/use-integration-changed.ts'
import { showNotes } from '../../parts/show-notes.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { count, counted } from '../../ui/time.ts'

type Props = {
  readonly integration: Integration
  readonly rules: readonly Rule[]
  readonly onClose: () => void
}

/** What the changed mapping would do to the people who are known already; then it is saved. */
export function ImpactDialog({ integration, rules, onClose }: Props) {
  const change = { mappings: [...rules] }
  const impact = useQuery({
    queryKey: ['impact', integration.id, change],
    queryFn: () => impactOf({ id: integration.id, change }),
    staleTime: 0,
    gcTime: 0,
  })
  const noticeChange = useIntegrationChanged()
  const save = useMutation({
    mutationFn: () => changeIntegration({ id: integration.id, change }),
    meta: { problem: 'inline' },
    onSuccess: changed => {
      notifications.show({ message: 'The mapping is saved. Everyone of this integration is looked at again.' })
      showNotes(changed.notes)
      onClose()
      noticeChange(changed)
    },
  })
  return (
    <ConfirmDialog
      title="Save this mapping?"
      isOpen
      onClose={onClose}
      onConfirm={() => save.mutate()}
      confirm="Save the mapping"
      isDisabled={impact.isLoading}
      isPending={save.isPending}
      problem={save.error}
    >
      <Loaded query={impact} rows={3}>
        {found => <Found impact={found} audienceId={integration.properties.audience_id} />}
      </Loaded>
    </ConfirmDialog>
  )
}

const PEOPLE = ['person', 'people'] as const

function Found({ impact, audienceId }: { readonly impact: Impact; readonly audienceId: string }) {
  const { people, examined, changed, fields, sample } = impact
  return (
    <Stack gap="sm">
      <Text size="sm">
        {examined < people
          ? `Of ${count(examined)} looked at, of ${counted(people, PEOPLE)} in all, it changes `
          : `Of ${counted(people, PEOPLE)}, it changes `}
        <strong>{counted(changed, PEOPLE)}</strong> in audience {audienceId}.
      </Text>
      <FieldCounts fields={fields} />
      {sample.slice(0, 3).map((each, index) => (
        <Sample key={each.person} changed={each} label={`Merge values of example ${index + 1}`} />
      ))}
    </Stack>
  )
}

function Sample({ changed, label }: { readonly changed: ChangedPerson; readonly label: string }) {
  return (
    <div>
      <Text size="sm" fw={550}>
        <PersonName person={changed.person} isLink={false} />
      </Text>
      {changed.says && (
        <Text size="sm" c="dimmed">
          {changed.says}
        </Text>
      )}
      <FieldChanges
        changes={compareFields(changed.fields_before, changed.fields_after)}
        label={label}
        before="With the present mapping"
        after="With this one"
      />
    </div>
  )
}
