/** Where a listing goes on, as the caller gets it: opaque, so that what is inside may change. */
export const cursorOf = (position: string) => Buffer.from(position, 'utf8').toString('base64url')

/** The position that a cursor names; one that was made up names some position, and shows nothing it should not. */
export const readCursor = (cursor: string) => Buffer.from(cursor, 'base64url').toString('utf8')
