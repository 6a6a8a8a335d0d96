import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { peopleQuery } from '../api/people.ts'
import { masked } from './mask.ts'

type Props = {
  readonly label: string
  readonly sourceId?: string
  readonly person: string | null
  readonly onChange: (person: string | null) => void
}

function nothingFound(search: string, isFetching: boolean): string {
  if (search === '') return 'Type the beginning of an address or id'
  return isFetching ? 'Searching …' : 'Nobody is known by that'
}

/** Somebody the source knows, by the beginning of their id or the MD5 of their address. */
export function PersonPicker({ label, sourceId, person, onChange }: Props) {
  const [text, setText] = useState('')
  const [search] = useDebouncedValue(text.trim(), 250)
  const { data, isFetching } = useQuery(peopleQuery(search))
  const found = (data?.data ?? []).filter(each => sourceId === undefined || each.source_id === sourceId)
  const ids = [...new Set([...found.map(each => each.person), ...(person === null ? [] : [person])])]
  return (
    <Select
      label={label}
      placeholder="Beginning of an address or id"
      searchable
      clearable
      data={ids.map(id => ({ value: id, label: masked(id) }))}
      // The service has searched already, and labels are masked.
      filter={({ options }) => options}
      nothingFoundMessage={nothingFound(search, isFetching)}
      searchValue={text}
      onSearchChange={setText}
      value={person}
      onChange={onChange}
    />
  )
}
