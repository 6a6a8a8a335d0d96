import { PageHeader } from '../ui/PageHeader.tsx'

export function IntegrationDetail() {
  return <PageHeader title="Integration" />
}
