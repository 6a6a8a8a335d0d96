import { Table } from '@mantine/core'
import { Scroll } from '../ui/Scroll.tsx'
import styles from './FieldChanges.module.css'
import { maskedText } from './mask.ts'
import type { FieldChange } from './plan-fields.ts'

type Props = {
  readonly changes: readonly FieldChange[]
  readonly label?: string
  readonly before: string
  readonly after: string
}

/** Merge values before and after, what differs marked. */
export function FieldChanges({ changes, label = 'Merge values', before, after }: Props) {
  return (
    <Scroll label={label}>
      <Table withRowBorders highlightOnHover={false}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Merge tag</Table.Th>
            <Table.Th>{before}</Table.Th>
            <Table.Th>{after}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {changes.map(each => (
            <Table.Tr key={each.tag} className={each.isChanged ? styles.changed : undefined}>
              <Table.Td className="code">{each.tag}</Table.Td>
              <Table.Td>
                <Value text={each.before} />
              </Table.Td>
              <Table.Td>
                {each.isChanged ? (
                  <ins className={styles.new}>
                    <Value text={each.after} />
                  </ins>
                ) : (
                  <Value text={each.after} />
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  )
}

function Value({ text }: { readonly text: string | undefined }) {
  if (text === undefined) return <span className={styles.none}>not set</span>
  return text === '' ? <span className={styles.none}>empty</span> : <span className="code">{maskedText(text)}</span>
}
