import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/only-loopback.ts'],
    // A test that asserted nothing has proved nothing.
    expect: { requireAssertions: true },
    // Far beyond what any needs: a busy machine must not make a test fail. Deadlines that are promised are asserted.
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
})
