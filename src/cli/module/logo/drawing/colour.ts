/** Whether a paint leaves nothing to be seen. */
export const isNothing = (paint: string) =>
  /^(none|transparent)$|^#(.{3}0|.{6}00)$/i.test(paint) || /^0(\.0*)?%?$/.test(channels(paint)?.[3] ?? '')

/** Whether a paint is exactly white, however much of it is seen. */
export const isWhite = (paint: string) =>
  /^(white|#f{3}.?|#f{6}(..)?)$/i.test(paint) ||
  channels(paint)
    ?.slice(0, 3)
    .every((channel) => channel === '255' || channel === '100%') === true

/** `rgb(255 255 255 / 50%)` and all its older forms, in parts. */
const channels = (paint: string): string[] | undefined =>
  /^rgba?\(([\d.%,/ ]{1,60})\)$/i.exec(paint.trim())?.[1]?.match(/[\d.]+%?/g) ?? undefined
