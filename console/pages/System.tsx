import { PageHeader } from '../ui/PageHeader.tsx'

export function System() {
  return <PageHeader title="System" />
}
