import { english } from './en.ts'
import { french } from './fr.ts'
import { kinyarwanda } from './rw.ts'
import { type Texts } from './texts.ts'

export { type Texts } from './texts.ts'

/** By the names that browsers and HTML give them. A reader of none of these is shown the first. */
export const catalogues = { en: english, fr: french, rw: kinyarwanda } as const satisfies Record<string, Texts>

export type Language = keyof typeof catalogues

export const languages = Object.keys(catalogues) as readonly Language[]
