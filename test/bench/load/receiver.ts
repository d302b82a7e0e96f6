/** Takes every event, and looks at none. */
import { createServer } from 'node:http'
import { started } from '../processes/started.ts'

createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(204).end())
}).listen(Number(process.env['PORT']), '127.0.0.1', started)
