import { Stack, Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { personQuery, type Person as Known, type PersonInSource } from '../../api/people.ts'
import { sourcesQuery } from '../../api/sources.ts'
import { ChoiceList } from '../../parts/ChoiceList.tsx'
import { masked } from '../../parts/mask.ts'
import { fromPersonKey } from '../../parts/person-key.ts'
import { PersonName } from '../../parts/PersonName.tsx'
import { For } from '../../parts/role.tsx'
import { MissingPage } from '../../parts/shell/BrokenPage.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { TwoSides } from '../../ui/TwoSides.tsx'
import { EraseButton } from './EraseButton.tsx'
import { ErasureNotice } from './ErasureNotice.tsx'
import { InIntegration } from './InIntegration.tsx'
import { PersonTimeline } from './PersonTimeline.tsx'

const route = getRouteApi('/app/people/$personKey')

/** Everything about one person: what they chose, what is owed, what was sent, and on request what Mailchimp holds. */
export function Person() {
  const { personKey } = route.useParams()
  const person = fromPersonKey(personKey)
  return person === undefined ? <MissingPage /> : <PersonPage person={person} />
}

function PersonPage({ person }: { readonly person: string }) {
  const query = useQuery(personQuery(person))
  return (
    <>
      <PageHeader
        title={masked(person)}
        shown={<PersonName person={person} isLink={false} canReveal />}
        actions={
          <For role="owner">
            <EraseButton key={person} person={person} />
          </For>
        }
      />
      <Loaded query={query} rows={8}>
        {known => (
          <Stack>
            {known.erasure && <ErasureNotice key={known.erasure.id} erasure={known.erasure} />}
            <Sources known={known} />
          </Stack>
        )}
      </Loaded>
    </>
  )
}

function Sources({ known }: { readonly known: Known }) {
  const { source } = route.useSearch()
  const navigate = route.useNavigate()
  const { data: sources } = useQuery(sourcesQuery)
  const nameOf = (id: string): string => sources?.data.find(each => each.id === id)?.name ?? id
  const [first] = known.sources
  if (!first) return <Empty title="Nothing is known of this person" />
  const chosen = known.sources.find(({ source_id }) => source_id === source) ?? first
  if (known.sources.length === 1) return <InSource person={known.person} inSource={chosen} />
  return (
    <Tabs value={chosen.source_id} onChange={value => void navigate({ search: { source: value ?? undefined } })}>
      <Tabs.List mb="md" aria-label="Sources">
        {known.sources.map(({ source_id }) => (
          <Tabs.Tab key={source_id} value={source_id}>
            {nameOf(source_id)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={chosen.source_id}>
        <InSource person={known.person} inSource={chosen} />
      </Tabs.Panel>
    </Tabs>
  )
}

type Props = { readonly person: string; readonly inSource: PersonInSource }

function InSource({ person, inSource }: Props) {
  return (
    <Stack>
      <TwoSides>
        <Panel title="Choices now">
          {inSource.choices.length === 0 ? (
            <Empty title="No choice is known" />
          ) : (
            <ChoiceList choices={inSource.choices} />
          )}
        </Panel>
        <Stack>
          {inSource.deliveries.map(delivery => (
            <InIntegration key={delivery.id} person={person} delivery={delivery} />
          ))}
        </Stack>
      </TwoSides>
      <PersonTimeline person={person} inSource={inSource} />
    </Stack>
  )
}
