import { PageHeader } from '../../ui/PageHeader.tsx'

export function Audit() {
  return <PageHeader title="Audit" />
}
