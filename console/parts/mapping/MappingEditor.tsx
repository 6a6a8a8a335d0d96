import { Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { audienceQuery, type Authentication } from '../../api/mailchimp.ts'
import { pathsQuery } from '../../api/sources.ts'
import { Panel } from '../../ui/Panel.tsx'
import type { Rule } from '../draft/draft.ts'
import styles from './MappingEditor.module.css'
import { reviewRules } from './review-rules.ts'
import { RuleRow } from './RuleRow.tsx'
import { UnmappedPaths } from './UnmappedPaths.tsx'

type MappingProps = {
  readonly sourceId: string
  readonly auth: Authentication | undefined
  readonly audienceId: string
  readonly rules: readonly Rule[]
  readonly onChange: (rules: readonly Rule[]) => void
}

/** Which preference fills which merge tag: what real events hold on one side, what the audience has on the other. */
export function MappingEditor({ sourceId, auth, audienceId, rules, onChange }: MappingProps) {
  const paths = useQuery({ ...pathsQuery(sourceId), enabled: sourceId !== '' })
  const audience = useQuery({
    ...audienceQuery({ auth: auth ?? { integration_id: '' }, audienceId }),
    enabled: auth !== undefined && audienceId !== '',
  })
  const known = { fields: audience.data?.merge_fields, paths: paths.data?.data }
  const remarks = reviewRules(rules, known)
  const replace = (index: number, rule: Rule): void =>
    onChange(rules.map((each, place) => (place === index ? rule : each)))
  return (
    <Stack>
      <Panel title="Mapping">
        <div className={styles.head} aria-hidden>
          <span>Preference or attribute at Didomi</span>
          <span />
          <span>Merge tag at Mailchimp</span>
        </div>
        <Stack gap="xs" component="ul" className={styles.rules} aria-label="Mapping">
          {rules.map((rule, index) => (
            <RuleRow
              key={index}
              rule={rule}
              position={index + 1}
              remarks={remarks[index] ?? []}
              known={known}
              audience={auth && { auth, audienceId }}
              onChange={changed => replace(index, changed)}
              onRemove={() => onChange(rules.filter((_, place) => place !== index))}
            />
          ))}
        </Stack>
        {rules.length === 0 && (
          <Text size="sm" c="dimmed" py="xs">
            Nothing is mapped yet. Take a preference from the list below, or add a row and type.
          </Text>
        )}
        <Group mt="sm">
          <Button
            size="xs"
            variant="default"
            leftSection={<Plus size={15} />}
            onClick={() => onChange([...rules, { id: '', value: '' }])}
          >
            Add a row
          </Button>
        </Group>
        <NotLoaded what="merge tags" problem={audience.error?.message} />
        <NotLoaded what="seen preferences" problem={paths.error?.message} />
      </Panel>
      <UnmappedPaths
        known={known}
        isLoading={paths.isLoading}
        examined={paths.data?.examined}
        rules={rules}
        onAdd={rule => onChange([...rules, rule])}
      />
    </Stack>
  )
}

function NotLoaded({ what, problem }: { readonly what: string; readonly problem: string | undefined }) {
  if (problem === undefined) return null
  return (
    <Text size="sm" c="var(--warn)" mt="xs">
      The {what} could not be loaded ({problem}). You can still type them.
    </Text>
  )
}
