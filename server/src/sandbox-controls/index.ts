export { createSandboxControls, type SandboxControls, type SandboxSetting } from './controls.ts'
export { sandboxRoutes } from './routes.ts'
export { createMistakeWatch } from './warning-routes.ts'
