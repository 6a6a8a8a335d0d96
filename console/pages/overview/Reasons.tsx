import { Table, Text } from '@mantine/core'
import type { OverviewFigures } from '../../api/overview.ts'
import { given } from '../../search-params.ts'
import { Panel } from '../../ui/Panel.tsx'
import { Status } from '../../ui/Status.tsx'
import { TextLink } from '../../ui/TextLink.tsx'
import { count } from '../../ui/time.ts'

type Props = { readonly figures: OverviewFigures; readonly integration: string | undefined }

/** Why something was not delivered: what failed, with the next step, then what needed nothing. */
export function Reasons({ figures: { failed, skipped, delivered, backlog }, integration }: Props) {
  const isNone = failed.length + skipped.length === 0
  const isAll = delivered > 0 && backlog.waiting + backlog.sending + backlog.held === 0
  return (
    <Panel
      title="Not delivered, and why"
      actions={
        <TextLink to="/failures" search={given({ integration })}>
          Failures
        </TextLink>
      }
    >
      {isNone && (
        <Text size="sm" c="dimmed">
          {isAll ? 'Everything was delivered.' : 'Nothing failed and nothing was skipped.'}
        </Text>
      )}
      <Table highlightOnHover={false} className="top">
        <Table.Tbody>
          {failed.map(({ reason, says, next, count: number }) => (
            <Table.Tr key={reason}>
              <Table.Td>
                <Status tone="bad">Failed</Status>
              </Table.Td>
              <Table.Td>
                {says ?? reason} {next && <strong>{next}</strong>}
              </Table.Td>
              <Table.Td ta="right" className="number">
                {count(number)}
              </Table.Td>
            </Table.Tr>
          ))}
          {skipped.map(({ reason, says, count: number }) => (
            <Table.Tr key={reason}>
              <Table.Td>
                <Status tone="calm">Skipped</Status>
              </Table.Td>
              <Table.Td>{says ?? reason}</Table.Td>
              <Table.Td ta="right" className="number">
                {count(number)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  )
}
