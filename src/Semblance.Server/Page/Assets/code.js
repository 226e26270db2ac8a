import { element } from './element.js';
import { word } from './words.js';

// A request as a command and as programs, with the address of this server.
const kinds = ['curl', 'C#', 'Python'];
let chosen = kinds[0];

const quote = text => JSON.stringify(text);
const shell = text => `'${text.replaceAll("'", `'\\''`)}'`;

export const embeddings = (model, texts) => ({
  'curl': `curl ${location.origin}/v1/embeddings -H 'Content-Type: application/json' \\\n    -d ${shell(JSON.stringify({ model, input: texts }))}`,
  'C#': `using Microsoft.Extensions.AI;\nusing OpenAI;\nusing System.ClientModel;\n\nvar client = new OpenAIClient(new ApiKeyCredential("none"), new() { Endpoint = new Uri("${location.origin}/v1") });\nvar generator = client.GetEmbeddingClient(${quote(model)}).AsIEmbeddingGenerator();\nvar embeddings = await generator.GenerateAsync([${texts.map(quote).join(', ')}]);`,
  'Python': `from openai import OpenAI\n\nclient = OpenAI(base_url="${location.origin}/v1", api_key="none")\nembeddings = client.embeddings.create(model=${quote(model)}, input=[${texts.map(quote).join(', ')}])`,
});

export const mapRequest = (model, texts, groups) => ({
  'curl': `curl ${location.origin}/v1/map -H 'Content-Type: application/json' \\\n    -d ${shell(JSON.stringify({ model, texts, groups }))}`,
  'C#': `using System.Net.Http.Json;\n\nusing var client = new HttpClient { BaseAddress = new Uri("${location.origin}") };\nvar answer = await client.PostAsJsonAsync("/v1/map", new { model = ${quote(model)}, texts = new[] { ${texts.map(quote).join(', ')} }, groups = ${groups} });\nvar map = await answer.Content.ReadAsStringAsync();`,
  'Python': `import requests\n\nmap = requests.post("${location.origin}/v1/map", json={"model": ${quote(model)}, "texts": [${texts.map(quote).join(', ')}], "groups": ${groups}}).json()`,
});

// A panel that shows the request of the view; the function returns its programs.
export function codePanel(programs) {
  const text = element('pre', { tabindex: 0, role: 'tabpanel', id: 'program' });
  const tabs = kinds.map(kind => element('button', {
    type: 'button', role: 'tab', 'aria-controls': 'program',
    onclick: () => { chosen = kind; show(); },
    onkeydown: event => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      chosen = kinds[(kinds.indexOf(kind) + step + kinds.length) % kinds.length];
      show();
      tabs[kinds.indexOf(chosen)].focus();
    },
  }, kind));
  const copy = element('button', {
    type: 'button', class: 'copy',
    onclick: async () => { await navigator.clipboard.writeText(text.textContent); copy.textContent = word('copied'); },
  }, word('copy'));
  function show() {
    tabs.forEach((tab, i) => {
      tab.setAttribute('aria-selected', kinds[i] === chosen);
      tab.tabIndex = kinds[i] === chosen ? 0 : -1;
    });
    text.textContent = programs()[chosen];
    copy.textContent = word('copy');
  }
  show();
  return {
    panel: element('details', {}, element('summary', {}, word('code')),
      element('div', { class: 'code' }, element('div', { class: 'row' }, element('div', { role: 'tablist', 'aria-label': word('code') }, ...tabs), copy), text)),
    show,
  };
}
