import { type ApiTexts } from '../../platform/http/openapi.ts'
import { fields } from './fields.ts'
import { groups } from './groups.ts'
import { operations } from './operations.ts'

/** What the description of the API says beside what its routes say of themselves. */
export const texts: ApiTexts = { groups, operations, fields }
