import { Stack, Text } from '@mantine/core'
import type { Plan } from '../api/plans.ts'
import { JsonView, pretty } from '../ui/JsonView.tsx'
import { Notice } from '../ui/Notice.tsx'
import { Status } from '../ui/Status.tsx'
import { Time } from '../ui/Time.tsx'
import { ChoiceList } from './ChoiceList.tsx'
import { FieldChanges } from './FieldChanges.tsx'
import { maskedText } from './mask.ts'
import { changesOf } from './plan-fields.ts'
import { useReveals } from './Revealed.tsx'

type Props = { readonly plan: Plan; readonly person: string }

/** What would be sent and why, or why nothing would be. */
export function PlanView({ plan, person }: Props) {
  const { people } = useReveals()
  const changes = changesOf(plan)
  const show = (text: string): string => (people.has(person) ? text : maskedText(text))
  return (
    <Stack gap="sm">
      <Verdict plan={plan} />
      {changes.length > 0 && <FieldChanges changes={changes} before="We last wrote" after="Would be written" />}
      {plan.last_delivered !== null && plan.last_written_at !== null && (
        <Text size="sm" c="dimmed">
          Last written to <Time at={plan.last_written_at} inline />. Mailchimp may hold something else since.
        </Text>
      )}
      {plan.set_aside.length > 0 && (
        <Notice tone="warn" title="Not sent">
          {plan.set_aside.map(({ tag, path, detail }) => (
            <Text size="sm" key={`${tag} ${path}`}>
              <span className="code">{tag}</span>: {detail}.
            </Text>
          ))}
        </Notice>
      )}
      {plan.request && (
        <JsonView label={show(`${plan.request.method} ${plan.request.path}`)} text={show(pretty(plan.request.body))} />
      )}
      {plan.choices.length > 0 && (
        <details>
          <summary className="summary">The choices behind it</summary>
          <ChoiceList choices={plan.choices} />
        </details>
      )}
    </Stack>
  )
}

function Verdict({ plan }: { readonly plan: Plan }) {
  switch (plan.do) {
    case 'skip':
      return (
        <div>
          <Status tone="calm">Nothing would be sent</Status>
          <Text size="sm" mt={4}>
            {plan.says ?? plan.because}
          </Text>
        </div>
      )
    case 'update':
      return <Status tone="good">The contact would be updated</Status>
    case 'upsert':
      return <Status tone="good">The contact would be updated, or created if unknown</Status>
  }
}
