export { type Approval, createPasscodes, type Passcodes, setPasscode } from './service.ts'
