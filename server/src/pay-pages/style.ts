import { createHash } from 'node:crypto'
import { scriptHash } from './script.ts'

/**
 * All the style there is, in the page itself: one answer is the whole page. System fonts, no images. Targets are 48 pixels
 * high; every colour has a contrast of at least 4.5 to what is behind it, borders of controls of at least 3. Sizes are in the
 * reader's own letters, and nothing but edges has a width of its own: letters twice as large still fit a small phone.
 */
export const style = [
  '*{box-sizing:border-box}',
  'body{margin:0;font:1rem/1.5 system-ui,sans-serif;color:#1b1b1b;background:#f4f4f2;overflow-wrap:anywhere}',
  'main{max-width:30rem;margin:0 auto;padding:0 16px 1rem}',
  'h1{font-size:1.4rem;line-height:1.25;margin:.5rem 0 1rem}',
  'h2{font-size:1.1rem;margin:1.5rem 0 .5rem}',
  'p,ol,ul,dl{margin:0 0 1rem}',
  'section,form{background:#fff;border:1px solid #d5d5d0;border-radius:.5rem;padding:1rem 16px;margin:0 0 1rem}',
  // A line whose amount does not fit beside its name has it below.
  'table,tbody,tfoot{display:block}table{margin:0 0 1rem}',
  'tr{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem;padding:.35rem 0;border-bottom:1px solid #e4e4e0}',
  'th,td{padding:0;text-align:left;font-weight:400}',
  'td{margin-left:auto;text-align:right}',
  'tfoot tr{border:0;font-size:1.1rem}tfoot th,tfoot td{font-weight:700}',
  'dt{color:#555}dd{margin:0 0 .5rem}',
  'fieldset{border:0;padding:0;margin:0 0 1rem;min-width:0}',
  'legend,.label{font-weight:700;padding:0;margin:0 0 .5rem;display:block}',
  '.option{display:flex;gap:12px;align-items:center;min-height:3rem;padding:.5rem 12px;margin:0 0 .5rem;border:1px solid #767676;border-radius:.5rem}',
  '.option span{flex:1;min-width:0}.option small,.option strong{display:block}',
  'summary{min-height:3rem;padding:.7rem 0;color:#0a4f8a;cursor:pointer}',
  'section>:first-child{margin-top:0}section>:last-child,form>:last-child,fieldset>:last-child{margin-bottom:0}button+p,.button+p{margin-top:.75rem}',
  'small,.hint{color:#555;font-size:.9rem}',
  'input[type=radio]{width:24px;height:24px;margin:0;flex:none;accent-color:#0a5c3b}',
  'input[type=tel]{width:100%;min-height:3rem;font:inherit;font-size:1.1rem;padding:0 12px;border:1px solid #767676;border-radius:.5rem}',
  'textarea{display:block;width:100%;font:1rem/1.5 ui-monospace,monospace;padding:.5rem 12px;border:1px solid #767676;border-radius:.5rem}',
  '.code{font:.95rem/1.6 ui-monospace,monospace}.qr{display:block;max-width:100%;height:auto;margin:0 auto 1rem}',
  'input[aria-invalid]{border:2px solid #b3261e}',
  'button,.button{display:block;width:100%;min-height:3rem;padding:.7rem 12px;font:inherit;font-weight:700;text-align:center;text-decoration:none;color:#fff;background:#0a5c3b;border:0;border-radius:.5rem;margin:1rem 0 0;cursor:pointer}',
  '.quiet{display:block;min-height:3rem;padding:.7rem 0;color:#0a4f8a}',
  ':focus-visible{outline:3px solid #0a4f8a;outline-offset:2px}',
  '.alert{border-left:.3rem solid #b3261e;padding:.25rem 0 .25rem .75rem;color:#8c1d18;font-weight:700}',
  '.calm{border-left:.3rem solid #0a4f8a;padding:.25rem 0 .25rem .75rem}',
  '.languages{display:flex;flex-wrap:wrap;gap:0 1rem;max-width:30rem;margin:0 auto;padding:.25rem 16px 0}',
  '.languages>*{min-height:2.75rem;min-width:2.75rem;padding:.6rem 0;color:#0a4f8a}',
  '.languages>span{color:inherit;font-weight:700}',
  '.alert a{color:inherit;display:inline-block;min-height:2.75rem;padding:.6rem 0}',
  '.dial{display:inline-block;min-height:2.75rem;padding:.6rem 0;font-weight:700;color:#0a4f8a}',
  '.mark{display:block;width:3rem;height:3rem;margin:0 0 .5rem}',
  '#left{font-weight:700}',
  '[hidden]{display:none}',
  '@media print{body{background:#fff}nav,.button,.quiet{display:none}}',
].join('')

const hash = createHash('sha256').update(style).digest('base64')

/** Nothing is loaded, nothing runs but what is named, nothing is framed; forms come back to us. */
const policyOf = (...additions: readonly string[]): string =>
  [
    `default-src 'none'`,
    `style-src 'sha256-${hash}'`,
    // For the empty icon, which spares a phone the request for one.
    `img-src data:`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
    `base-uri 'none'`,
    ...additions,
  ].join('; ')

export const contentSecurityPolicy = policyOf()

/** Of a page that watches: its one script may run, and ask us. */
export const livePolicy = policyOf(`script-src '${scriptHash}'`, `connect-src 'self'`)
