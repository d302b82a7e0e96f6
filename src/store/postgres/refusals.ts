/** What a server, or the pooler before it, refuses; what that means for who runs the service, and how it is mended. */
interface Refusal {
  /** Of SQLSTATE, as in appendix A of PostgreSQL's manual. */
  codes: RegExp
  /** Only where what it says is like this. */
  words?: RegExp
  says: string
  hint: string
  /** Waiting helps: the set-up of the service may stay as it is. */
  passes?: true
  /** What the server says may quote a row, and stays out of the error. */
  quotesRows?: true
}

/** Poolers have one code for all that they say. These of their words tell of a moment: no place, no server behind them. */
const OF_A_MOMENT =
  /^(?!unsupported).*(max_\w*conn|max(imum)? .*(connections|clients)|timeout|login has been failing|cannot connect|conn crashed|shut|suspend|exhaust)/i

export const READ_ONLY_HINT =
  'The server of DATABASE_URL is a standby, or default_transaction_read_only is on for the role, the database or the server: point at the primary, or switch that off.'

export const MAKE_DATABASE =
  "CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0 makes one; pg_dump --encoding=UTF8 and psql move what there is."

const REFUSALS: readonly Refusal[] = [
  {
    ...{ codes: /^(08P01|XX000)/, words: OF_A_MOMENT, passes: true },
    says: 'The PostgreSQL server, or the pooler before it, has no place now',
    hint: 'Start again when the server of DATABASE_URL, or the pooler before it, has a place and serves.',
  },
  {
    codes: /^08P01/,
    says: 'The PostgreSQL server, or the pooler before it, does not take this connection',
    hint: 'Take what it names out of DATABASE_URL, or allow it at the server or the pooler (PgBouncer: [databases], auth_file, ignore_startup_parameters).',
  },
  {
    ...{ codes: /^08/, passes: true },
    says: 'The connection to the PostgreSQL server was refused, or has broken',
    hint: 'Start again when the server of DATABASE_URL serves; its log, or that of the pooler before it, says why it does not.',
  },
  {
    codes: /^28P01/,
    says: 'The PostgreSQL server does not take the user or the password',
    hint: 'Check the user and the password in DATABASE_URL. In a password write @ : / ? # % as %40 %3A %2F %3F %23 %25.',
  },
  {
    ...{ codes: /^28/, words: /pg_hba/ },
    says: 'The PostgreSQL server has no rule that lets this user in from here',
    hint: 'Add a line to pg_hba.conf of the server for this machine, user and database. If the line there is only for TLS (hostssl), put sslmode=verify-full into DATABASE_URL.',
  },
  {
    codes: /^28/,
    says: 'The PostgreSQL server does not let this user in',
    hint: 'Check that the role in DATABASE_URL exists and may log in (ALTER ROLE … LOGIN), that its password is right, and what pg_hba.conf of the server allows.',
  },
  {
    codes: /^3D/,
    says: 'The PostgreSQL server has no such database',
    hint: `Create the database that DATABASE_URL names, or correct its name. ${MAKE_DATABASE}`,
  },
  {
    ...{ codes: /^(22023|42704|42602|55P02)/, words: /parameter/ },
    says: 'The PostgreSQL server does not take a parameter',
    hint: 'Take it out of DATABASE_URL, or out of the settings of the role and the database (ALTER ROLE … RESET).',
  },
  {
    ...{ codes: /^F0/ },
    says: 'A file of settings of the PostgreSQL server is wrong',
    hint: 'Look into the log of the server, and mend postgresql.conf or pg_hba.conf.',
  },
  {
    ...{ codes: /^53100/, passes: true },
    says: 'The disk of the PostgreSQL server is full',
    hint: 'Make room there, then start again.',
  },
  {
    ...{ codes: /^53200/, passes: true },
    says: 'The PostgreSQL server has no memory left',
    hint: 'Start again when it has; look at max_connections, work_mem and shared_buffers.',
  },
  {
    ...{ codes: /^53300/, passes: true },
    says: 'The PostgreSQL server has no connection left',
    hint: 'Start again when others have gone; or raise max_connections, or the CONNECTION LIMIT of the role or the database. Each replica takes ten, and some at its start.',
  },
  {
    codes: /^(53400|54)/,
    says: 'A limit of the PostgreSQL server is too low for what the service asks of it',
    hint: 'Raise the limit that it names, such as temp_file_limit or max_stack_depth.',
  },
  {
    ...{ codes: /^53/, passes: true },
    says: 'The PostgreSQL server lacks resources',
    hint: 'Start again when it has them; its log says which.',
  },
  {
    codes: /^57P04/,
    says: 'The database was dropped',
    hint: `Restore it, or correct the name in DATABASE_URL. ${MAKE_DATABASE}`,
  },
  {
    ...{ codes: /^57P03/, passes: true },
    says: 'The PostgreSQL server takes no connections yet: it starts, stops or recovers',
    hint: 'Start again when it serves.',
  },
  {
    ...{ codes: /^57P0/, passes: true },
    says: 'The PostgreSQL server has ended the session',
    hint: 'Start again when it serves: somebody has stopped it, it has crashed, or a time-out of its settings has passed.',
  },
  {
    ...{ codes: /^57/, passes: true },
    says: 'The PostgreSQL server has broken off a statement that took too long',
    hint: 'Start again when it is less busy; look for long transactions in pg_stat_activity.',
  },
  {
    codes: /^58P/,
    says: 'The PostgreSQL server lacks a file of its own',
    hint: 'Look into its log: a file of its data or of an extension is gone. Mend or restore the server.',
  },
  {
    ...{ codes: /^58/, passes: true },
    says: 'The disk or the system of the PostgreSQL server fails',
    hint: 'Look into its log and at its disk, then start again.',
  },
  {
    codes: /^XX00[12]/,
    says: 'The data of the PostgreSQL server is damaged',
    hint: 'Stop the service, look into the log of the server, and restore the database from a backup.',
  },
  {
    codes: /^XX/,
    says: 'The PostgreSQL server, or the pooler before it, says that it has failed inside',
    hint: 'Look into its log. With a hosted pooler check the user and the host in DATABASE_URL, too.',
  },
  { codes: /^25006/, says: 'The database can only be read', hint: READ_ONLY_HINT },
  {
    codes: /^42501/,
    says: 'The role in DATABASE_URL lacks a right',
    hint: 'Give the role in DATABASE_URL the right that it lacks. wauth migrate makes and changes tables: it needs CREATE on the schema, and the tables to be its own. The service needs SELECT, INSERT, UPDATE and DELETE on them; at the database CONNECT.',
  },
  {
    ...{ codes: /^(22P05|22021)/, quotesRows: true },
    says: 'The encoding of the database cannot hold the text of your customers',
    hint: `The database has to be in UTF8. ${MAKE_DATABASE}`,
  },
  {
    codes: /^3F/,
    says: 'The database has no schema to make tables in',
    hint: 'Create the schema that search_path names for this role (CREATE SCHEMA public), or correct search_path.',
  },
  {
    codes: /^55000/,
    says: 'The PostgreSQL server takes no connections to this database, or cannot do this in its state',
    hint: 'ALTER DATABASE … ALLOW_CONNECTIONS true, if it is that; its words say what else.',
  },
  {
    ...{ codes: /^(40|55)/, passes: true },
    says: 'Other sessions are in the way',
    hint: 'Run it again; look for long transactions in pg_stat_activity.',
  },
  {
    codes: /^(42P0[67]|42710|42701)/,
    says: 'The database has tables of these names already, and wauth migrate has not made them',
    hint: 'Name a database of its own in DATABASE_URL, or restore the one of this service with its table migrations.',
  },
  {
    codes: /^(42P01|42703)/,
    says: 'A table or column is missing that the table migrations says is there',
    hint: 'Somebody has changed the schema by other means, or search_path has changed: undo that, or restore a copy.',
  },
  {
    codes: /^(0A|42)/,
    says: 'The PostgreSQL server does not understand what the service asks of it',
    hint: 'Use a release of PostgreSQL that is still maintained; what only speaks its protocol may lack what is needed.',
  },
  {
    ...{ codes: /^2[23]/, quotesRows: true },
    says: 'Rows of the database do not fit its schema',
    hint: 'Somebody has changed rows by other means: undo that, or restore a copy.',
  },
  {
    ...{ codes: /^(P0|38|39|44)/, quotesRows: true },
    says: 'A trigger, function or rule in the database refuses this',
    hint: 'Look into the log of the server for what was added to the database by other means, and take it away.',
  },
]

const ANY: Refusal = {
  ...{ codes: /^/, quotesRows: true },
  says: 'The PostgreSQL server refuses what the service asks of it',
  hint: 'Look into the log of the server. Check that DATABASE_URL names the database of this service.',
}

/** The first row counts that fits. */
export const refusalOf = (code: string, message: string): Refusal =>
  REFUSALS.find(({ codes, words }) => codes.test(code) && (words?.test(message) ?? true)) ?? ANY
