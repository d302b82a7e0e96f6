import type { DataSwitches } from '../data-switches.ts'

/** The content types of webhooks: the documents write one that no standard knows. */
export const contentTypes: Record<DataSwitches['deliveryType'], string> = {
  literal: 'application/json; charset-utf-8',
  proper: 'application/json; charset=utf-8',
}
