import { Button, Stack, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { quarantineQuery, type Quarantined } from '../../api/events.ts'
import { maskedText } from '../../parts/mask.ts'
import { For } from '../../parts/role.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { JsonView, pretty } from '../../ui/JsonView.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { count } from '../../ui/time.ts'
import { Time } from '../../ui/Time.tsx'
import { ReadAgainButton } from './ReadAgainButton.tsx'

/** Bodies that could not be read in full, each with the field at fault. */
export function Quarantine() {
  const query = useInfiniteQuery(quarantineQuery)
  return (
    <Loaded query={query}>
      {({ pages }) => {
        const rows = pages.flatMap(({ data }) => data)
        if (rows.length === 0)
          return (
            <Panel>
              <Empty title="Nothing was set apart" says="Every record that arrived could be read." />
            </Panel>
          )
        return (
          <Stack>
            {rows.map(row => (
              <SetApart key={row.id} row={row} />
            ))}
            {query.hasNextPage && (
              <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                Show more
              </Button>
            )}
          </Stack>
        )
      }}
    </Loaded>
  )
}

function SetApart({ row }: { readonly row: Quarantined }) {
  return (
    <Panel
      title={<Time at={row.received_at} inline />}
      actions={
        <For role="operator">
          <ReadAgainButton id={row.id} />
        </For>
      }
    >
      <Stack gap="xs">
        {row.faults.map(({ path, why }) => (
          <Text size="sm" key={`${path} ${why}`}>
            <span className="code">{path}</span> {why}.
          </Text>
        ))}
        <JsonView label="As it came in" text={maskedText(pretty(row.body))} />
        {row.body_bytes > row.body.length && (
          <Text size="xs" c="dimmed">
            The beginning of {count(row.body_bytes)} bytes.
          </Text>
        )}
      </Stack>
    </Panel>
  )
}
