export { createSandboxControls, type SandboxControls } from './controls.ts'
export { sandboxRoutes } from './routes.ts'
