import { useQuery } from '@tanstack/react-query'
import { integrationsQuery, nameOf } from '../api/integrations.ts'
import { FilterSelect } from '../ui/FilterSelect.tsx'

type Props = { readonly value: string | undefined; readonly onChange: (id: string | undefined) => void }

/** One integration, or all of them. */
export function IntegrationSelect({ value, onChange }: Props) {
  const { data } = useQuery(integrationsQuery)
  return (
    <FilterSelect
      label="Integration"
      all="All integrations"
      options={(data?.data ?? []).map(each => ({ value: each.id, label: nameOf(each) }))}
      value={value}
      onChange={onChange}
    />
  )
}

/** The name of an integration, or its id when it has none. Not the id meanwhile: it is longer, and would move the page. */
export function useIntegrationName(): (id: string) => string {
  const { data, isLoading } = useQuery(integrationsQuery)
  return id => {
    if (isLoading) return '…'
    const found = data?.data.find(each => each.id === id)
    return found ? nameOf(found) : id
  }
}
