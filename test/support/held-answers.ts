import { fixtureFor, untilTestEnds, type Tests } from './fixture.ts'
import { freePort } from './free-port.ts'
import { startLoadBalancer } from './load-balancer.ts'

/** A way to Wazzup on which a test may keep answers back, for as long as it wants. */
async function startWay() {
  const wazzupPort = await freePort()
  const { ports, url, hold, close } = await startLoadBalancer()
  ports.push(wazzupPort)
  return {
    /** For the simulator and the connector, which finds it by this way alone. */
    options: { wazzupPort, env: { WAZZUP_API_URL: url } },
    hold,
    stop: close,
  }
}

/** One for each test of this file or block, or one for all of them; to be there before their connector. */
export const heldAnswersFor = (tests: Tests) => fixtureFor(tests, startWay)

/** One for the running test. */
export const heldAnswersAtHand = () => untilTestEnds(startWay())
