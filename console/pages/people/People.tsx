import { Paper, Table, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { useState } from 'react'
import { peopleQuery, type FoundPerson } from '../../api/people.ts'
import { sourcesQuery } from '../../api/sources.ts'
import { PersonName } from '../../parts/PersonName.tsx'
import { given } from '../../search-params.ts'
import { Empty, NothingFound } from '../../ui/Empty.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { Scroll } from '../../ui/Scroll.tsx'
import { Time } from '../../ui/Time.tsx'
import { count } from '../../ui/time.ts'

const route = getRouteApi('/app/people')

/** Find one person by the beginning of their id, or by the MD5 of their address. */
export function People() {
  const { search = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const [text, setText] = useState(search)
  const [settled] = useDebouncedValue(text.trim(), 250)
  const query = useQuery(peopleQuery(settled))
  // With each key, not after a pause: by then somebody may be on the way to a person.
  const look = (next: string): void => {
    setText(next)
    void navigate({ search: given({ search: next.trim() || undefined }), replace: true })
  }
  return (
    <>
      <PageHeader title="People" says="Find somebody, and see what they chose and what became of it." />
      <TextInput
        aria-label="Search for a person"
        placeholder="Beginning of an address or id, or the MD5 of the address"
        leftSection={<Search size={16} aria-hidden />}
        maw={480}
        mb="sm"
        value={text}
        onChange={event => look(event.currentTarget.value)}
      />
      <Paper withBorder p="md">
        <Loaded query={query}>
          {({ data }) => {
            if (data.length > 0) return <Found people={data} />
            if (settled !== '') return <NothingFound onClear={() => look('')} />
            return <Empty title="Nobody is known yet" says="People appear here with their first event." />
          }}
        </Loaded>
      </Paper>
    </>
  )
}

function Found({ people }: { readonly people: readonly FoundPerson[] }) {
  const { data: sources } = useQuery(sourcesQuery)
  const nameOf = (id: string): string => sources?.data.find(source => source.id === id)?.name ?? id
  return (
    <Scroll label="People">
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Person</Table.Th>
            <Table.Th>Source</Table.Th>
            <Table.Th ta="right">Facts</Table.Th>
            <Table.Th>Newest</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {people.map(({ person, source_id, facts, last_at }) => (
            <Table.Tr key={`${source_id} ${person}`}>
              <Table.Td>
                <PersonName person={person} />
              </Table.Td>
              <Table.Td>{nameOf(source_id)}</Table.Td>
              <Table.Td ta="right" className="number">
                {count(facts)}
              </Table.Td>
              <Table.Td>
                <Time at={last_at} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  )
}
