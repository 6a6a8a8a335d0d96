import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { integrationsQuery, nameOf } from '../api/integrations.ts'

type Props = { readonly value: string | undefined; readonly onChange: (id: string | undefined) => void }

/** One integration, or all of them. */
export function IntegrationSelect({ value, onChange }: Props) {
  const { data } = useQuery(integrationsQuery)
  return (
    <Select
      aria-label="Integration"
      placeholder="All integrations"
      size="sm"
      w={200}
      clearable
      data={(data?.data ?? []).map(each => ({ value: each.id, label: nameOf(each) }))}
      value={value ?? null}
      onChange={next => onChange(next ?? undefined)}
    />
  )
}

/** The name of an integration, or its id until that is known. */
export function useIntegrationName(): (id: string) => string {
  const { data } = useQuery(integrationsQuery)
  return id => {
    const found = data?.data.find(each => each.id === id)
    return found ? nameOf(found) : id
  }
}
