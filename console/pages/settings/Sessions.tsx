import { PageHeader } from '../../ui/PageHeader.tsx'

export function Sessions() {
  return <PageHeader title="Sessions" />
}
