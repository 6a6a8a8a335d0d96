import { Table, Text } from '@mantine/core'
import { END_WORDS } from '../../../src/domain/end.ts'
import type { OverviewFigures } from '../../api/overview.ts'
import { END_TONES } from '../../parts/ends.ts'
import { given } from '../../search-params.ts'
import { Panel } from '../../ui/Panel.tsx'
import { Status } from '../../ui/Status.tsx'
import { TextLink } from '../../ui/TextLink.tsx'
import { count } from '../../ui/time.ts'

type Props = { readonly figures: OverviewFigures; readonly integration: string | undefined }

/** Why something was not written: what failed, with the next step, then what ended well without a write. */
export function Reasons({ figures: { failed, skipped, delivered, backlog }, integration }: Props) {
  const isNone = failed.length + skipped.length === 0
  const isAll = delivered > 0 && backlog.waiting + backlog.sending + backlog.held === 0
  return (
    <Panel
      title="Not written, and why"
      actions={
        <TextLink to="/failures" search={given({ integration })}>
          Failures
        </TextLink>
      }
    >
      {isNone && (
        <Text size="sm" c="dimmed">
          {isAll ? 'Everything was written.' : 'Nothing failed, and nothing ended without a write.'}
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
          {skipped.map(({ reason, end, says, count: number }) => (
            <Table.Tr key={reason}>
              <Table.Td>{end !== null && <Status tone={END_TONES[end]}>{END_WORDS[end]}</Status>}</Table.Td>
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
