import { PageHeader } from '../ui/PageHeader.tsx'

export function Failures() {
  return <PageHeader title="Failures" />
}
