import { PageHeader } from '../ui/PageHeader.tsx'

export function Event() {
  return <PageHeader title="Event" />
}
