import { toStep, type Step, type StepRow } from '../upload-rows.ts'
import type { Session } from './database.ts'
import { statement } from './statement.ts'

const SELECT = statement<StepRow>(
  'SELECT * FROM upload_steps WHERE generation_id = @generationId ORDER BY place',
)

/** The steps of an upload, in their order. */
export const stepsOf = async (session: Session, generationId: string): Promise<Step[]> =>
  (await session.all(SELECT, { generationId })).map(toStep)
