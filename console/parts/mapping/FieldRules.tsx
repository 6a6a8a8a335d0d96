import { Table } from '@mantine/core'
import type { Rule } from '../draft/draft.ts'
import { Panel } from '../../ui/Panel.tsx'
import { Scroll } from '../../ui/Scroll.tsx'

/** A mapping to read only. */
export function FieldRules({ rules }: { readonly rules: readonly Rule[] }) {
  return (
    <Panel title="Mapping">
      <Scroll label="Mapping">
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Preference or attribute at Didomi</Table.Th>
              <Table.Th>Merge tag at Mailchimp</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rules.map(({ id, value }) => (
              <Table.Tr key={id}>
                <Table.Td className="code">{value}</Table.Td>
                <Table.Td className="code">{id}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Scroll>
    </Panel>
  )
}
