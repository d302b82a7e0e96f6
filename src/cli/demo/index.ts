export { startDemo } from './start-demo.ts'
export { startWazzupAlone } from './start-wazzup-alone.ts'
export { waitForPerson } from './wait-for-person.ts'
export { walkDemo } from './walk-demo.ts'
