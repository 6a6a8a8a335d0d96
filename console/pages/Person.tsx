import { PageHeader } from '../ui/PageHeader.tsx'

export function Person() {
  return <PageHeader title="Person" />
}
