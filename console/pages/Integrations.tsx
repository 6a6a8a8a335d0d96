import { PageHeader } from '../ui/PageHeader.tsx'

export function Integrations() {
  return <PageHeader title="Integrations" />
}
