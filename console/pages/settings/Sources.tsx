import { PageHeader } from '../../ui/PageHeader.tsx'

export function Sources() {
  return <PageHeader title="Sources" />
}
