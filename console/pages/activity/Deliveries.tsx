import { Group, Paper, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useCallback } from 'react'
import { deliveriesQuery, type Delivery, type DeliveryFilter, type DeliveryStatus } from '../../api/events.ts'
import { END_WORDS, ENDS } from '../../../src/domain/end.ts'
import { StatusOf } from '../../parts/DeliveryStatus.tsx'
import { IntegrationSelect, useIntegrationName } from '../../parts/IntegrationSelect.tsx'
import { fromPersonKey } from '../../parts/person-key.ts'
import { PersonName } from '../../parts/PersonName.tsx'
import { given, oneOf } from '../../search-params.ts'
import { Empty, NothingFound } from '../../ui/Empty.tsx'
import { FilterSelect } from '../../ui/FilterSelect.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { Time } from '../../ui/Time.tsx'
import { VirtualRows } from '../../ui/VirtualRows.tsx'
import { DELIVERY_STATUSES } from './activity-search.ts'
import styles from './EventRow.module.css'

const route = getRouteApi('/app/activity')

/** What is owed or was: one row for each person and integration. */
export function Deliveries() {
  const { integration, status, end, who } = route.useSearch()
  const navigate = route.useNavigate()
  const person = who === undefined ? undefined : fromPersonKey(who)
  return (
    <>
      <Group mb="sm" gap="sm">
        <IntegrationSelect
          value={integration}
          onChange={next => void navigate({ search: before => given({ ...before, integration: next }), replace: true })}
        />
        <FilterSelect
          label="Status"
          all="Any status"
          options={stateOptions(status)}
          value={end ?? status}
          onChange={next =>
            void navigate({
              search: before => given({ ...before, end: oneOf(next, ENDS), status: oneOf(next, DELIVERY_STATUSES) }),
              replace: true,
            })
          }
        />
      </Group>
      <Paper withBorder>
        <List filter={given({ integration_id: integration, status, end, person })} />
      </Paper>
    </>
  )
}

const OPEN = ['waiting', 'sending', 'held', 'dead'] as const

/** How debts ended well, and what else they can be. An older link may name a status that is none of these. */
const stateOptions = (status: DeliveryStatus | undefined) => [
  ...ENDS.map(each => ({ value: each, label: END_WORDS[each] })),
  ...OPEN.map(each => ({ value: each, label: each === 'dead' ? 'dead letter' : each })),
  ...(status === 'delivered' || status === 'skipped' ? [{ value: status, label: status }] : []),
]

function List({ filter }: { readonly filter: DeliveryFilter }) {
  const navigate = route.useNavigate()
  const list = useInfiniteQuery(deliveriesQuery(filter))
  const { fetchNextPage, isFetchingNextPage, hasNextPage } = list
  const loadMore = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage()
  }, [fetchNextPage, isFetchingNextPage])
  return (
    <Loaded query={list} rows={10}>
      {({ pages }) => {
        const rows = pages.flatMap(({ data }) => data)
        if (rows.length > 0)
          return (
            <VirtualRows
              label="Deliveries"
              rows={rows}
              keyOf={({ id }) => id}
              height={57}
              hasMore={hasNextPage}
              onMore={loadMore}
            >
              {delivery => <Row delivery={delivery} />}
            </VirtualRows>
          )
        if (Object.keys(filter).length > 0)
          return <NothingFound onClear={() => void navigate({ search: { view: 'deliveries' } })} />
        return <Empty title="Nothing is owed yet" says="Once events arrive, each person they concern appears here." />
      }}
    </Loaded>
  )
}

function Row({ delivery }: { readonly delivery: Delivery }) {
  const nameOf = useIntegrationName()
  const { settled_at, owed_at, says, integration_id, carries_withdrawal, failed, due_at } = delivery
  return (
    <div className={styles.row}>
      <div className={styles.time}>
        <Time at={settled_at ?? owed_at} />
      </div>
      <div className={styles.who}>
        <PersonName person={delivery.person} />
      </div>
      <div className={styles.what}>
        {nameOf(integration_id)}
        {carries_withdrawal && <span className={styles.mark}> withdrawal</span>}
        <div className={styles.states} title={says ?? undefined}>
          {says}
          {failed > 0 && due_at !== null && (
            <Text span inherit>
              {' '}
              Failed {failed} times; due <Time at={due_at} inline />.
            </Text>
          )}
        </div>
      </div>
      <div className={styles.deliveries}>
        <StatusOf delivery={delivery} />
      </div>
    </div>
  )
}
