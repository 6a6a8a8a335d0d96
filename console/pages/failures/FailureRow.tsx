import { Group, Text } from '@mantine/core'
import type { Failure } from '../../api/failures.ts'
import { causeWords, FailureStateOf, KIND_WORDS } from '../../parts/FailureWords.tsx'
import { useIntegrationName } from '../../parts/IntegrationSelect.tsx'
import { TextLink } from '../../ui/TextLink.tsx'
import { Time } from '../../ui/Time.tsx'
import { count, counted } from '../../ui/time.ts'
import styles from './FailureRow.module.css'

export function FailureRow({ failure }: { readonly failure: Failure }) {
  const nameOf = useIntegrationName()
  const { id, cause, says, next, kind, integration_id, withdrawals, first_at, last_at } = failure
  return (
    <div className={styles.row}>
      <div className={styles.what}>
        <TextLink to="/failures/$failureId" params={{ failureId: id }}>
          {causeWords(cause)}
        </TextLink>
        {says && <Text size="sm">{says}</Text>}
        {next && (
          <Text size="sm" fw={550}>
            {next}
          </Text>
        )}
        <Text size="xs" c="dimmed" component="div" mt={2}>
          {nameOf(integration_id)} · first <Time at={first_at} inline /> · last <Time at={last_at} inline />
        </Text>
      </div>
      <div className={styles.count}>
        <div className={`number ${styles.number}`}>{count(failure.count)}</div>
        <Text size="xs" c="dimmed">
          {KIND_WORDS[kind]}
        </Text>
        {withdrawals > 0 && (
          <Text size="xs" c="var(--warn)">
            {counted(withdrawals, ['withdrawal', 'withdrawals'])}
          </Text>
        )}
      </div>
      <Group className={styles.state}>
        <FailureStateOf failure={failure} />
      </Group>
    </div>
  )
}
