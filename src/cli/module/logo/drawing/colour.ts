const white = new Set([
  'white',
  '#fff',
  '#ffff',
  '#ffffff',
  '#ffffffff',
  'rgb(255,255,255)',
  'rgb(100%,100%,100%)',
])

/** Whether a paint leaves nothing to be seen. */
export const isNothing = (paint: string) =>
  /^(none|transparent)$|^#(.{3}0|.{6}00)$|^rgba\(.*,\s*0(\.0*)?\)$/i.test(paint)

/** Whether a paint is exactly white. */
export const isWhite = (paint: string) => white.has(paint.toLowerCase().replace(/\s+/g, ''))
