import { createSpotlight, Spotlight } from '@mantine/spotlight'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Plug, Search, UserRound } from 'lucide-react'
import { useEffect, useState } from 'react'
import { integrationsQuery } from '../../api/integrations.ts'
import { peopleQuery } from '../../api/people.ts'
import { counted } from '../../ui/time.ts'
import { masked } from '../mask.ts'
import { toPersonKey } from '../person-key.ts'
import { PAGES } from './navigation.ts'

const [store, palette] = createSpotlight()

/** Search for people, integrations and pages. It opens when it is mounted. */
export function Palette() {
  const [text, setText] = useState('')
  useEffect(() => palette.open(), [])
  return (
    <Spotlight.Root
      store={store}
      query={text}
      onQueryChange={setText}
      shortcut={null}
      scrollable
      maxHeight={420}
      clearQueryOnClose
      attributes={{ content: { 'aria-label': 'Search' } }}
    >
      <Spotlight.Search
        placeholder="A page, an integration, or the beginning of a person's id"
        aria-label="Search"
        leftSection={<Search size={18} aria-hidden />}
      />
      <Spotlight.ActionsList>
        <Pages text={text} />
        <Integrations text={text} />
        <People text={text} />
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}

type Props = { readonly text: string }

const has = (name: string, text: string): boolean => name.toLowerCase().includes(text.trim().toLowerCase())

function Pages({ text }: Props) {
  const navigate = useNavigate()
  const found = PAGES.filter(({ name }) => has(name, text))
  if (found.length === 0) return null
  return (
    <Spotlight.ActionsGroup label="Pages">
      {found.map(({ to, name, Icon }) => (
        <Spotlight.Action
          key={to}
          label={name}
          leftSection={<Icon size={17} aria-hidden />}
          onClick={() => void navigate({ to })}
        />
      ))}
    </Spotlight.ActionsGroup>
  )
}

function Integrations({ text }: Props) {
  const navigate = useNavigate()
  const { data } = useQuery(integrationsQuery)
  const found = (data?.data ?? []).filter(({ name, id }) => has(name ?? id, text)).slice(0, 5)
  if (found.length === 0) return null
  return (
    <Spotlight.ActionsGroup label="Integrations">
      {found.map(({ id, name }) => (
        <Spotlight.Action
          key={id}
          label={name ?? id}
          leftSection={<Plug size={17} aria-hidden />}
          onClick={() => void navigate({ to: '/integrations/$integrationId', params: { integrationId: id } })}
        />
      ))}
    </Spotlight.ActionsGroup>
  )
}

function People({ text }: Props) {
  const navigate = useNavigate()
  const [search] = useDebouncedValue(text.trim(), 200)
  const { data } = useQuery({ ...peopleQuery(search), enabled: search.length > 1 })
  const found = search.length > 1 ? (data?.data ?? []) : []
  if (found.length === 0) return null
  return (
    <Spotlight.ActionsGroup label="People">
      {found.slice(0, 8).map(({ person, source_id, facts }) => (
        <Spotlight.Action
          key={`${source_id} ${person}`}
          label={masked(person)}
          description={counted(facts, ['fact', 'facts'])}
          leftSection={<UserRound size={17} aria-hidden />}
          onClick={() => void navigate({ to: '/people/$personKey', params: { personKey: toPersonKey(person) } })}
        />
      ))}
    </Spotlight.ActionsGroup>
  )
}
