/** Loaded into the real service: SIGWINCH makes an error that nobody catches, in the way that CRASH_BY names. */
process.on('SIGWINCH', () => {
  const error = Object.assign(new Error('planted, with a secret in it'), { code: 'PLANTED' })
  if (process.env['CRASH_BY'] === 'rejection') void Promise.reject(error)
  else throw error
})
