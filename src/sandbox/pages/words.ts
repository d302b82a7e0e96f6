const LANGUAGES = ['en', 'ru', 'es', 'pt'] as const

export type Language = (typeof LANGUAGES)[number]

/** The language that a browser puts first among those that there are; what it says of weights is in its order already. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const wanted = (acceptLanguage ?? '').split(',').map((range) => range.trim().slice(0, 2).toLowerCase())
  return wanted.flatMap((two) => LANGUAGES.find((one) => one === two) ?? [])[0] ?? 'en'
}

type Texts = Readonly<Record<Language, string>>

/** What the pages of the sandbox say to a customer. Its console is for developers, and in English. */
const WORDS = {
  tag: { en: 'sandbox', ru: 'песочница', es: 'pruebas', pt: 'testes' },
  integration: {
    en: 'Integration with CRM',
    ru: 'Интеграция с CRM',
    es: 'Integración con CRM',
    pt: 'Integração com CRM',
  },
  area: { en: 'Personal area', ru: 'Личный кабинет', es: 'Área personal', pt: 'Área pessoal' },
  connected: { en: 'Connected', ru: 'Подключено', es: 'Conectado', pt: 'Conectado' },
  since: { en: 'since', ru: 'с', es: 'desde', pt: 'desde' },
  chats: {
    en: 'Chats of WhatsApp, Telegram and Instagram inside',
    ru: 'Чаты WhatsApp, Telegram и Instagram прямо в',
    es: 'Chats de WhatsApp, Telegram e Instagram dentro de',
    pt: 'Conversas do WhatsApp, Telegram e Instagram dentro do',
  },
  address: {
    en: 'Address of your CRM',
    ru: 'Адрес вашей CRM',
    es: 'Dirección de su CRM',
    pt: 'Endereço do seu CRM',
  },
  connect: { en: 'Connect', ru: 'Подключить', es: 'Conectar', pt: 'Conectar' },
  again: {
    en: 'Connect again',
    ru: 'Подключить ещё раз',
    es: 'Conectar de nuevo',
    pt: 'Conectar de novo',
  },
  none: {
    en: 'There are no integrations yet.',
    ru: 'Интеграций пока нет.',
    es: 'Todavía no hay integraciones.',
    pt: 'Ainda não há integrações.',
  },
  no_module: {
    en: 'There is no such integration',
    ru: 'Такой интеграции нет',
    es: 'No existe esa integración',
    pt: 'Essa integração não existe',
  },
  no_address: {
    en: 'Type the full address of your CRM, with https://',
    ru: 'Введите полный адрес вашей CRM, вместе с https://',
    es: 'Escriba la dirección completa de su CRM, con https://',
    pt: 'Digite o endereço completo do seu CRM, com https://',
  },
  log_in: { en: 'Log in', ru: 'Вход', es: 'Iniciar sesión', pt: 'Entrar' },
  log_in_button: { en: 'Log in', ru: 'Войти', es: 'Iniciar sesión', pt: 'Entrar' },
  pick: {
    en: 'Pick who you are. This is a demonstration, there are no passwords.',
    ru: 'Выберите, кто вы. Это демонстрация, паролей здесь нет.',
    es: 'Elija quién es. Esto es una demostración, no hay contraseñas.',
    pt: 'Escolha quem você é. Isto é uma demonstração, não há senhas.',
  },
  pick_one: {
    en: 'Pick one of the people below.',
    ru: 'Выберите кого-нибудь из списка.',
    es: 'Elija a una de las personas de la lista.',
    pt: 'Escolha uma das pessoas da lista.',
  },
  admin: { en: 'Administrator', ru: 'Администратор', es: 'Administrador', pt: 'Administrador' },
  user: { en: 'Employee', ru: 'Сотрудник', es: 'Empleado', pt: 'Funcionário' },
  cancel: { en: 'Cancel', ru: 'Отмена', es: 'Cancelar', pt: 'Cancelar' },
  logged_in: {
    en: 'You are logged in',
    ru: 'Вы вошли',
    es: 'Ha iniciado sesión',
    pt: 'Você entrou',
  },
  continue: { en: 'Continue', ru: 'Продолжить', es: 'Continuar', pt: 'Continuar' },
  over: {
    en: 'This login is over',
    ru: 'Этот вход уже завершён',
    es: 'Este inicio de sesión ya terminó',
    pt: 'Este login já terminou',
  },
  over_text: {
    en: 'It has ended, or the link to it is not right. You can start again.',
    ru: 'Он завершён, или ссылка на него неверна. Можно начать заново.',
    es: 'Ha terminado, o el enlace no es correcto. Puede empezar de nuevo.',
    pt: 'Ele terminou, ou o link não está certo. Você pode começar de novo.',
  },
  start_again: {
    en: 'Start again in Wazzup',
    ru: 'Начать заново в Wazzup',
    es: 'Empezar de nuevo en Wazzup',
    pt: 'Começar de novo no Wazzup',
  },
  cannot_log_in: {
    en: 'Cannot log in',
    ru: 'Войти не получится',
    es: 'No se puede iniciar sesión',
    pt: 'Não é possível entrar',
  },
  unknown_service: {
    en: 'This link does not lead back to a service we know.',
    ru: 'Эта ссылка ведёт не к известному нам сервису.',
    es: 'Este enlace no vuelve a un servicio que conozcamos.',
    pt: 'Este link não volta a um serviço que conhecemos.',
  },
  contact: { en: 'Contact', ru: 'Контакт', es: 'Contacto', pt: 'Contato' },
  name: { en: 'Name', ru: 'Имя', es: 'Nombre', pt: 'Nome' },
  save: { en: 'Save', ru: 'Сохранить', es: 'Guardar', pt: 'Salvar' },
  saved: { en: 'Saved.', ru: 'Сохранено.', es: 'Guardado.', pt: 'Salvo.' },
  events: {
    en: 'Events from Wazzup',
    ru: 'События из Wazzup',
    es: 'Eventos de Wazzup',
    pt: 'Eventos do Wazzup',
  },
  told_events: {
    en: 'Events from the connector',
    ru: 'События от коннектора',
    es: 'Eventos del conector',
    pt: 'Eventos do conector',
  },
  arrived: {
    en: 'What has arrived',
    ru: 'Что пришло',
    es: 'Lo que ha llegado',
    pt: 'O que chegou',
  },
  none_yet: { en: 'None yet.', ru: 'Пока ни одного.', es: 'Todavía ninguno.', pt: 'Nenhum ainda.' },
} as const satisfies Record<string, Texts>

export type Word = keyof typeof WORDS

/** Says things in one language. */
export interface Words {
  language: Language
  say: (word: Word) => string
}

/** The words for a request, by the language that its browser asks for. */
export function wordsFor({ headers }: { headers: { 'accept-language'?: string | undefined } }): Words {
  const language = languageOf(headers['accept-language'])
  return { language, say: (word) => WORDS[word][language] }
}
