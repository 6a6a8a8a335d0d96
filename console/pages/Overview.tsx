import { PageHeader } from '../ui/PageHeader.tsx'

export function Overview() {
  return <PageHeader title="Overview" />
}
