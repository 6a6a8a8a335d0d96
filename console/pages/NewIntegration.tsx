import { PageHeader } from '../ui/PageHeader.tsx'

export function NewIntegration() {
  return <PageHeader title="New integration" />
}
