import { PageHeader } from '../ui/PageHeader.tsx'

export function Activity() {
  return <PageHeader title="Activity" />
}
