// The search view of the page over many texts, in a browser: node search.mjs URL FILE [COUNT]. FILE has a text on each line.
// CHROMIUM names the browser; /usr/bin/chromium by default.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';

const [url, file, count = '10000'] = process.argv.slice(2);
const bytes = readFileSync(file);
const texts = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().split('\n').filter(line => line.trim()).slice(0, Number(count));
const queries = ['how do I reset my password', 'the stock market fell', 'a dog runs in the park', 'storm at sea'];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(600_000);
  await page.goto(`${url}#search`);
  await page.locator('textarea').evaluate((area, text) => {
    area.value = text;
    area.dispatchEvent(new Event('input', { bubbles: true }));
  }, texts.join('\n'));
  const started = performance.now();
  await page.locator('button.main').click();
  await page.waitForFunction(() => document.querySelector('button.main').disabled);
  await page.waitForFunction(() => !document.querySelector('button.main').disabled);
  console.log(`${texts.length} texts encoded in ${((performance.now() - started) / 1000).toFixed(1)} s`);

  // From the input event to the hits in the document, for each letter that is typed.
  const times = await page.evaluate(async queries => {
    const query = document.querySelector('input[type=search]'), hits = document.querySelector('.hits'), times = [];
    for (const text of [...queries, ...queries]) {
      for (let end = 1; end <= text.length; end++) {
        if (!text.slice(0, end).trim() || text[end - 1] === ' ') continue;
        query.value = text.slice(0, end);
        const changed = new Promise(resolve => {
          const observer = new MutationObserver(() => { observer.disconnect(); resolve(performance.now()); });
          observer.observe(hits, { childList: true });
        });
        const typed = performance.now();
        query.dispatchEvent(new Event('input', { bubbles: true }));
        times.push(await changed - typed);
      }
    }
    return times;
  }, queries);
  const sorted = times.slice(times.length / 2).sort((a, b) => a - b); // the first round compiles
  const part = share => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1);
  console.log(`${sorted.length} searches: least ${part(0)} ms, median ${part(.5)} ms, 90 % ${part(.9)} ms, 99 % ${part(.99)} ms`);
} finally {
  await browser.close();
}
