export { isExpired, type Link, pathOf } from './model.ts'
export { linkRoutes } from './routes.ts'
export { findLink, openLink, receiptLinkOf } from './service.ts'
