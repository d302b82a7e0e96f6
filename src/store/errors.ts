import { AppError } from '../shared/app-error.ts'

/** The database cannot do it now. The caller may ask again. */
export class StoreUnavailable extends AppError {}

/** It may answer, but takes no write. */
export class StoreNotWritable extends StoreUnavailable {}

/** The database cannot be used at all: the service must not start. */
export class StoreUnusable extends AppError {}
