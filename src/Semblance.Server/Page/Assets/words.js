// The words of the page, in English and Chinese.
const words = {
  en: {
    skip: 'Skip to the content', views: 'Views', model: 'Model', key: 'API key', keep: 'Use it for this session', language: '中文', languageCode: 'zh',
    light: 'Light', dark: 'Dark', search: 'Search', compare: 'Compare', heat: 'Heat map', map: 'Map', routes: 'Routes', server: 'Server',
    searchTitle: 'Search by meaning', searchLead: 'Type a query. The texts are ordered by the similarity of their vectors with that of the query; what is marked contributed most.',
    query: 'Query', corpus: 'Texts, one on each line', open: 'Open a file', encode: 'Encode', encoding: (done, all) => `Encoding ${done} of ${all} texts …`,
    encoded: (count, seconds) => `${count} texts encoded in ${seconds} s`, found: (count, ms) => `${count} texts compared in ${ms} ms`, empty: 'Enter at least one text.',
    compareTitle: 'Two texts', compareLead: 'The similarity of two texts, and the words that make them close. Choose a word to see the words of the other text that match it.',
    first: 'First text', second: 'Second text', similarity: 'Cosine similarity', wordsOf: number => `Words of text ${number}`,
    heatTitle: 'A list against itself', heatLead: 'The similarity of every pair of a list.', list: 'Texts, one on each line (up to 60)', compute: 'Compute',
    mapTitle: 'A map of texts', mapLead: 'Similar texts are near each other. Groups are named by their most typical words. Wheel or + and − zoom, dragging or the arrow keys move, a double click or 0 shows everything.',
    groups: 'Groups', draw: 'Draw the map', drawing: 'Drawing the map …', find: 'Mark texts with', mapOf: count => `A map of ${count} texts`, nearest: 'Text under the pointer',
    serverTitle: 'The server now', serverLead: 'Live figures, from the metrics that monitoring reads too.', requests: 'Requests', tokens: 'Tokens', queue: 'Tokens in the queue',
    refused: 'Requests refused', batchTokens: 'Tokens of a batch, mean', duration: 'Duration of a request, mean', route: 'Route', status: 'Status', count: 'Count', mean: 'Mean', models: 'Models',
    name: 'Name', kind: 'Kind', parameters: 'Parameters', compute_type: 'Compute type', memory: 'In memory', yes: 'yes', no: 'no', rate: 'a second', documentation: 'The OpenAPI document',
    routesTitle: 'The routes of the server', routesLead: 'Every route, by the server whose clients call it, with the members of its body and of its answer.', filter: 'Show routes with', body: 'Body', answer: 'Answer', type: 'Type',
    code: 'The same request from a program', copy: 'Copy', copied: 'Copied', unreachable: 'The server does not answer.', wrongKey: 'The server asks for an API key.', score: 'Score', vectors: 'No model of this server computes vectors of texts.',
  },
  zh: {
    skip: '跳到内容', views: '页面', model: '模型', key: 'API 密钥', keep: '在本次会话中使用', language: 'English', languageCode: 'en',
    light: '浅色', dark: '深色', search: '搜索', compare: '比较', heat: '热力图', map: '地图', routes: '接口', server: '服务器',
    searchTitle: '按语义搜索', searchLead: '输入查询，文本按其向量与查询向量的相似度排序；标出的词贡献最大。',
    query: '查询', corpus: '文本，每行一条', open: '打开文件', encode: '编码', encoding: (done, all) => `正在编码 ${done} / ${all} 条文本…`,
    encoded: (count, seconds) => `已编码 ${count} 条文本，用时 ${seconds} 秒`, found: (count, ms) => `比较了 ${count} 条文本，用时 ${ms} 毫秒`, empty: '请至少输入一条文本。',
    compareTitle: '两条文本', compareLead: '两条文本的相似度，以及使它们相近的词。选择一个词，可查看另一条文本中与它匹配的词。',
    first: '第一条文本', second: '第二条文本', similarity: '余弦相似度', wordsOf: number => `文本 ${number} 的词`,
    heatTitle: '列表两两比较', heatLead: '列表中每两条文本的相似度。', list: '文本，每行一条（最多 60 条）', compute: '计算',
    mapTitle: '文本地图', mapLead: '相近的文本彼此靠近，每组以最有代表性的词命名。滚轮或 + − 缩放，拖动或方向键移动，双击或 0 显示全部。',
    groups: '组数', draw: '绘制地图', drawing: '正在绘制地图…', find: '标出包含以下内容的文本', mapOf: count => `${count} 条文本的地图`, nearest: '指针处的文本',
    serverTitle: '服务器现状', serverLead: '实时数据，与监控系统读取的指标相同。', requests: '请求数', tokens: '词元数', queue: '队列中的词元',
    refused: '被拒绝的请求', batchTokens: '每批平均词元数', duration: '请求平均用时', route: '路由', status: '状态码', count: '次数', mean: '平均', models: '模型',
    name: '名称', kind: '类型', parameters: '参数量', compute_type: '计算类型', memory: '已加载', yes: '是', no: '否', rate: '每秒', documentation: 'OpenAPI 文档',
    routesTitle: '服务器的接口', routesLead: '全部接口按所兼容的服务分组，并列出请求和响应的字段。', filter: '只显示包含以下内容的接口', body: '请求', answer: '响应', type: '类型',
    code: '用程序发出同样的请求', copy: '复制', copied: '已复制', unreachable: '服务器没有响应。', wrongKey: '服务器要求 API 密钥。', score: '得分', vectors: '此服务器没有计算文本向量的模型。',
  },
};

export let language = localStorage.getItem('semblance-language') ?? (navigator.language.startsWith('zh') ? 'zh' : 'en');
export const word = (name, ...values) => typeof words[language][name] === 'function' ? words[language][name](...values) : words[language][name];
export function setLanguage(name) {
  language = name;
  localStorage.setItem('semblance-language', name);
}

// Texts to begin with: questions to a shop, in both languages.
export const samples = `How do I reset my password?
Where can I see my invoices?
Which payment methods do you accept?
The parcel arrived damaged. What now?
Can I change the delivery address after ordering?
How do I cancel my subscription?
How long does delivery take?
Can I return an item that I have opened?
My voucher does not work at the checkout.
Do you ship to Switzerland?
Is there a discount for students?
How do I delete my account?
The app closes when I open it.
Can I pay in instalments?
When will the jacket be in stock again?
怎样重置我的密码？
在哪里可以查看我的账单？
你们接受哪些付款方式？
包裹到货时已经损坏，怎么办？
下单后还能修改收货地址吗？
怎样取消我的订阅？
送货需要多长时间？
拆封的商品可以退货吗？
结账时优惠券无法使用。
可以分期付款吗？
学生有优惠吗？
怎样注销我的账户？
应用一打开就闪退。`;
