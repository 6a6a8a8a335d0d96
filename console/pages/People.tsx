import { PageHeader } from '../ui/PageHeader.tsx'

export function People() {
  return <PageHeader title="People" />
}
