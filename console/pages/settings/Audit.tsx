import { Button, Paper, Table } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { auditQuery } from '../../api/settings.ts'
import { maskedText } from '../../parts/mask.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { Scroll } from '../../ui/Scroll.tsx'
import { Time } from '../../ui/Time.tsx'

/** Who did what. */
export function Audit() {
  const query = useInfiniteQuery(auditQuery)
  return (
    <>
      <PageHeader title="Audit log" says="Every change, every sign-in, and every address that was shown." />
      <Paper withBorder p="md">
        <Loaded query={query}>
          {({ pages }) => {
            const entries = pages.flatMap(({ data }) => data)
            if (entries.length === 0) return <Empty title="Nothing was done yet" />
            return (
              <>
                <Scroll label="Audit log">
                  <Table>
                    <Table.Thead>
                      <Table.Tr>
                        <Table.Th>When</Table.Th>
                        <Table.Th>Who</Table.Th>
                        <Table.Th>What</Table.Th>
                        <Table.Th>To what</Table.Th>
                      </Table.Tr>
                    </Table.Thead>
                    <Table.Tbody>
                      {entries.map(({ id, at, actor, action, subject }) => (
                        <Table.Tr key={id}>
                          <Table.Td>
                            <Time at={at} />
                          </Table.Td>
                          <Table.Td>{actor}</Table.Td>
                          <Table.Td>{action}</Table.Td>
                          <Table.Td className="code">{maskedText(subject)}</Table.Td>
                        </Table.Tr>
                      ))}
                    </Table.Tbody>
                  </Table>
                </Scroll>
                {query.hasNextPage && (
                  <Button
                    mt="sm"
                    variant="default"
                    loading={query.isFetchingNextPage}
                    onClick={() => void query.fetchNextPage()}
                  >
                    Show more
                  </Button>
                )}
              </>
            )
          }}
        </Loaded>
      </Paper>
    </>
  )
}
