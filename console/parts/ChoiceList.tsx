import { Table, Text } from '@mantine/core'
import type { State } from '../api/events.ts'
import { Status } from '../ui/Status.tsx'
import { Time } from '../ui/Time.tsx'

type Choice = State & { readonly at?: string; readonly says?: string | null }

/** Places of the configuration tree with what was chosen there, and when. */
export function ChoiceList({ choices }: { readonly choices: readonly Choice[] }) {
  return (
    <Table highlightOnHover={false} verticalSpacing={5}>
      <Table.Tbody>
        {choices.map(({ place, answer, at, says }) => (
          <Table.Tr key={place}>
            <Table.Td>{place}</Table.Td>
            <Table.Td>
              <Answer answer={answer} />
              {says && <Text size="sm">{says}</Text>}
            </Table.Td>
            {at !== undefined && (
              <Table.Td w={110}>
                <Time at={at} />
              </Table.Td>
            )}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

export function Answer({ answer }: { readonly answer: boolean | readonly string[] }) {
  if (typeof answer === 'boolean')
    return answer ? <Status tone="good">granted</Status> : <Status tone="bad">denied</Status>
  return answer.length === 0 ? <Status tone="bad">none picked</Status> : <Text size="sm">{answer.join(', ')}</Text>
}
