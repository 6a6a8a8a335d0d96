import { Group, Stack, Text } from '@mantine/core'
import type { Attempt } from '../api/events.ts'
import { JsonView, pretty } from '../ui/JsonView.tsx'
import { Status, type Tone } from '../ui/Status.tsx'
import { Time } from '../ui/Time.tsx'
import { duration } from '../ui/time.ts'
import styles from './AttemptView.module.css'
import { CopyCurl } from './CopyCurl.tsx'
import { maskedText } from './mask.ts'
import { useReveals } from './Revealed.tsx'

const toneOf = (outcome: string | null): Tone => {
  if (outcome === null) return 'busy'
  if (outcome === 'delivered') return 'good'
  if (outcome === 'skipped') return 'calm'
  return outcome === 'retry' ? 'warn' : 'bad'
}

/** An attempt is skipped when Mailchimp had no such contact. */
export const outcomeWords = (outcome: string | null): string =>
  outcome === null ? 'under way' : outcome === 'skipped' ? 'not found' : outcome

/** One try: what we sent, and what Mailchimp answered. */
export function AttemptView({ attempt }: { readonly attempt: Attempt }) {
  const { request, answer, outcome, duration_ms, started_at } = attempt
  const { people } = useReveals()
  const show = (text: string): string => (people.has(attempt.person) ? text : maskedText(text))
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <Status tone={toneOf(outcome)}>{outcomeWords(outcome)}</Status>
        <Text size="sm">{answer.status === null ? 'no answer' : `answered ${answer.status}`}</Text>
        {duration_ms !== null && (
          <Text size="sm" className="number">
            {duration(duration_ms)}
          </Text>
        )}
        <Time at={started_at} />
        {people.has(attempt.person) && <CopyCurl attempt={attempt} />}
      </Group>
      {attempt.detail && <Text size="sm">{show(attempt.detail)}</Text>}
      <div className={styles.bodies}>
        <JsonView label={show(`We sent ${request.method} ${request.path}`)} text={show(pretty(request.body))} />
        <JsonView
          label={`Mailchimp answered ${answer.status ?? 'nothing'}`}
          text={answer.body === null ? 'No body was kept.' : show(pretty(answer.body))}
        />
      </div>
      {answer.request_id && (
        <Text size="xs" c="dimmed">
          Mailchimp's request id <span className="code">{answer.request_id}</span>
        </Text>
      )}
    </Stack>
  )
}
