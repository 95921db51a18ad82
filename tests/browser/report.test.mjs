// Opens a report in headless Chromium:  REPORTS=/path/of/reports npm test
// CHROMIUM names the browser where it is not /usr/bin/chromium.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, relative, resolve } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const reports = resolve(process.env.REPORTS ?? "../../reports");
const MOST_PAGES = 12;
const pages = [
  join(reports, "index.html"),
  // Only where something was compared.
  ...[join(reports, "compare.html")].filter((page) => existsSync(page)),
  ...readdirSync(join(reports, "pairs")).filter((f) => f.endsWith(".html")).slice(0, MOST_PAGES).map((f) => join(reports, "pairs", f)),
];
let browser;

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync",
    ],
  });
});
after(() => browser?.close());

/** Runs `look` on a page; fails on any console message, dialog or request to a network. */
async function visit(path, options, look) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const wrong = [];
  try {
    const page = await context.newPage();
    page.on("console", (message) => wrong.push(`console ${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => wrong.push(`error: ${error}`));
    page.on("dialog", (dialog) => { wrong.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
    page.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) wrong.push(`request: ${request.url()}`);
    });
    await page.goto(pathToFileURL(path).href);
    const result = await look(page);
    assert.deepEqual(wrong, [], path);
    return result;
  } finally {
    await context.close();
  }
}

const column = (page, index) =>
  page.$$eval("table.pairs tbody tr", (rows, i) => rows.map((row) => row.cells[i].dataset.value), index);

function assertSorted(values, descending, numeric) {
  const present = values.filter((v) => v !== "");
  assert.deepEqual(values.slice(0, present.length), present, "empty values come last");
  const keys = numeric ? present.map(Number) : present;
  for (let i = 1; i < keys.length; i++) {
    const [a, b] = descending ? [keys[i], keys[i - 1]] : [keys[i - 1], keys[i]];
    assert.ok(a <= b, `${a} before ${b}`);
  }
}

test("pages load without errors, violations or requests", async () => {
  for (const path of pages) {
    await visit(path, {}, async (page) => {
      assert.equal(await page.locator("h1").count(), 1, path);
      const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content");
      assert.match(policy, /^default-src 'none';/);
      assert.equal(await page.locator("[style]").count(), 0, "inline styles");
    });
  }
});

// What Jenkins sends with the files of a build, from 1.641 on and in its later versions.
const JENKINS = ["sandbox", "sandbox allow-same-origin"].map(
  (sandbox) => `${sandbox}; default-src 'none'; img-src 'self'; style-src 'self';`);

test("pages keep their styles where a server allows nothing inline and no script", async () => {
  const types = { ".html": "text/html; charset=utf-8", ".css": "text/css" };
  const style = (page) => page.evaluate(() => {
    const { backgroundColor, fontFamily } = getComputedStyle(document.body);
    const charts = [...document.querySelectorAll("svg *")].map((e) => getComputedStyle(e)).map(({ fill, stroke }) => [fill, stroke]);
    return { backgroundColor, fontFamily, charts };
  });
  for (const policy of JENKINS) {
    const server = createServer((request, response) => {
      const path = join(reports, decodeURIComponent(new URL(request.url, "http://localhost").pathname));
      if (!existsSync(path)) return response.writeHead(404).end();
      response.writeHead(200, { "Content-Type": types[extname(path)] ?? "text/plain", "Content-Security-Policy": policy });
      response.end(readFileSync(path));
    });
    await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    try {
      for (const path of pages) {
        const asFile = await visit(path, {}, style);
        const page = await context.newPage();
        await page.goto(`http://127.0.0.1:${server.address().port}/${relative(reports, path)}`);
        assert.deepEqual(await style(page), asFile, `${path}: ${policy}`);
        assert.match(asFile.fontFamily, /sans-serif/);
        await page.close();
      }
    } finally {
      await context.close();
      server.close();
    }
  }
});

test("the table sorts by click, and the address has the order", async () => {
  await visit(pages[0], {}, async (page) => {
    const heads = page.locator("table.pairs thead th");
    for (let i = 0; i < await heads.count(); i++) {
      const head = heads.nth(i);
      const numeric = (await head.getAttribute("data-numeric")) !== null;
      for (let click = 0; click < 2; click++) {
        // The change of the address sorts the table, so wait for another order than before, however busy the machine is.
        const before = await head.getAttribute("aria-sort");
        await head.locator("button").click();
        await page.waitForFunction(([i, before]) => {
          const now = document.querySelectorAll("table.pairs thead th")[i].ariaSort;
          return now && now !== before;
        }, [i, before]);
        const descending = (await head.getAttribute("aria-sort")) === "descending";
        assert.match(new URL(page.url()).hash, descending ? /^#sort=.*-desc$/ : /^#sort=.*-asc$/);
        assertSorted(await column(page, i), descending, numeric);
        assert.equal(await page.locator("thead [aria-sort]").count(), 1);
      }
    }
  });
});

test("a link sorts the table", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${pathToFileURL(pages[0]).href}#sort=rust-desc`);
  const heads = await page.$$eval("table.pairs thead th", (all) => all.map((head) => head.dataset.key));
  assertSorted(await column(page, heads.indexOf("rust")), true, true);
  assert.equal(await page.locator('th[data-key="rust"]').getAttribute("aria-sort"), "descending");
  await page.evaluate(() => { location.hash = "#sort=pair-desc"; });
  await page.waitForFunction(() => document.querySelector('th[data-key="pair"]').ariaSort === "descending");
  assertSorted(await column(page, 0), true, false);
  await page.evaluate(() => { location.hash = "#sort=%E0%A4%A-desc"; });
  await context.close();
});

test("headings of groups stay until the table is sorted", async () => {
  await visit(pages[0], {}, async (page) => {
    const profiles = new Set(await page.$$eval("table.pairs tbody tr:not(.group)", (rows) =>
      rows.map((row) => row.cells[row.cells.length - 1].dataset.value)));
    const groups = page.locator("table.pairs tr.group");
    assert.equal(await groups.count(), profiles.size > 1 ? profiles.size : 0);
    await page.locator('th[data-key="pair"] button').click();
    await page.waitForFunction(() => document.querySelector('th[data-key="pair"]').ariaSort);
    assert.equal(await groups.count(), 0);
  });
});

test("the eight claims are above the pairs, all their verdicts in one size", async () => {
  for (const width of [400, 1280]) {
    await visit(pages[0], { viewport: { width, height: 900 } }, async (page) => {
      const rows = page.locator("table.claims tbody tr");
      assert.equal(await rows.count(), 8);
      const badges = await rows.locator("td .badge").evaluateAll((all) => all.map((badge) => ({
        word: badge.textContent, size: getComputedStyle(badge).fontSize, seen: badge.checkVisibility(),
      })));
      assert.equal(badges.length, 8);
      for (const { word, seen } of badges) {
        assert.ok(["holds", "fails", "mixed", "not tested here"].includes(word) && seen, word);
      }
      assert.equal(new Set(badges.map((badge) => badge.size)).size, 1);
      const place = async (selector) => (await page.locator(selector).boundingBox()).y;
      assert.ok(await place("#argument") < await place("#claims") && await place("#claims") < await place("#pairs"));
    });
  }
});

test("no number in the chart of the argument covers another, and each is in the table", async () => {
  for (const width of [400, 1280]) {
    await visit(pages[0], { viewport: { width, height: 900 } }, async (page) => {
      const numbers = await page.$$eval(".argument svg text", (all) => all
        .filter((text) => text.checkVisibility() && /^\d+$/.test(text.textContent.trim()))
        .map((text) => ({ number: text.textContent.trim(), box: text.getBoundingClientRect().toJSON() })));
      const listed = await page.$$eval("table.key tbody tr", (rows) => rows.map((row) => row.cells[0].textContent.trim()));
      if (listed.length <= 40) assert.deepEqual(numbers.map(({ number }) => number), listed);
      for (const [i, { number, box }] of numbers.entries()) {
        // Lines of text are taller than digits, so their boxes may overlap slightly.
        for (const other of numbers.slice(i + 1)) {
          const apart = box.right <= other.box.left || other.box.right <= box.left
            || box.bottom - 4 <= other.box.top || other.box.bottom - 4 <= box.top;
          assert.ok(apart, `${number} covers ${other.number} at ${width}`);
        }
      }
    });
  }
});

test("the columns sort by keyboard", async () => {
  await visit(pages[0], {}, async (page) => {
    await page.locator('th[data-key="time"] button').focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector('th[data-key="time"]').ariaSort === "descending");
  });
});

test("no page is wider than a phone, nor than a tablet", async () => {
  for (const width of [360, 768, 1280]) {
    for (const path of pages) {
      await visit(path, { viewport: { width, height: 740 } }, async (page) => {
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${path} is ${wide} wide at ${width}`);
      });
    }
  }
});

test("text in charts stays readable on a phone", async () => {
  for (const path of pages) {
    await visit(path, { viewport: { width: 360, height: 740 } }, async (page) => {
      const heights = await page.$$eval("svg text", (texts) =>
        texts.filter((t) => t.checkVisibility()).map((t) => t.getBoundingClientRect().height));
      for (const height of heights) assert.ok(height >= 10, `${path}: ${height}`);
    });
  }
});

test("text has contrast in light and dark", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const papers = new Set();
    for (const path of pages) {
      await visit(path, { colorScheme }, async (page) => {
        const found = await page.evaluate(() => {
          const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
          const rgba = (colour) => {
            canvas.clearRect(0, 0, 1, 1);
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
            return [...canvas.getImageData(0, 0, 1, 1).data];
          };
          const luminance = ([r, g, b]) => {
            const part = (c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
            return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
          };
          const paper = (element) => {
            for (let e = element; e; e = e.parentElement) {
              const colour = rgba(getComputedStyle(e).backgroundColor);
              if (colour[3] === 255) return colour;
            }
            return [255, 255, 255, 255];
          };
          const contrast = (a, b) => {
            const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
            return (x + 0.05) / (y + 0.05);
          };
          const low = [];
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const element = walker.currentNode.parentElement;
            if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.tagName === "SCRIPT") continue;
            const style = getComputedStyle(element);
            const ink = rgba(element.closest("svg") ? style.fill : style.color);
            const value = contrast(ink, paper(element));
            if (value < 4.5) low.push(`${value.toFixed(2)} ${element.className?.baseVal ?? element.className}: ${walker.currentNode.data.trim().slice(0, 40)}`);
          }
          for (const mark of document.querySelectorAll("svg circle, svg polygon")) {
            if (!mark.checkVisibility()) continue;
            const value = contrast(rgba(getComputedStyle(mark).fill), paper(mark));
            if (value < 3) low.push(`${value.toFixed(2)} mark ${mark.className.baseVal}`);
          }
          return { low: [...new Set(low)], paper: getComputedStyle(document.body).backgroundColor };
        });
        assert.deepEqual(found.low, [], `${path} ${colorScheme}`);
        papers.add(found.paper);
      });
    }
    assert.equal(papers.size, 1);
    assert.equal(papers.has("rgb(255, 255, 255)"), colorScheme === "light");
  }
});

test("every chart has a name, and every id and label is unique and defined", async () => {
  for (const path of pages) {
    await visit(path, {}, async (page) => {
      const nameless = await page.$$eval("svg", (all) => all.filter((svg) =>
        svg.getAttribute("aria-hidden") !== "true"
        && !(svg.getAttribute("role") === "img" && svg.getAttribute("aria-label")?.trim())).length);
      assert.equal(nameless, 0, path);
      const ids = await page.$$eval("[id]", (all) => all.map((e) => e.id));
      assert.equal(new Set(ids).size, ids.length, `${path}: an id occurs twice`);
      const dangling = await page.$$eval("[aria-labelledby]", (all) =>
        all.filter((e) => !document.getElementById(e.getAttribute("aria-labelledby"))).length);
      assert.equal(dangling, 0, path);
    });
  }
});

test("every link is to a file of the report or to a document that explains it", async () => {
  for (const path of pages) {
    await visit(path, {}, async (page) => {
      for (const href of await page.$$eval("a[href]", (all) => all.map((a) => a.href))) {
        const url = new URL(href);
        if (/^https:.*\/blob\/main\/docs\//.test(href)) continue;
        assert.equal(url.protocol, "file:", href);
        const target = fileURLToPath(new URL(url.pathname, "file://"));
        assert.ok(target.startsWith(reports) && existsSync(target), href);
      }
    });
  }
});

test("without JavaScript the index is a plain table", async () => {
  for (const path of pages) {
    await visit(path, { javaScriptEnabled: false }, async (page) => {
      assert.ok(await page.locator("main").isVisible());
      assert.equal(await page.locator("button").count(), 0);
    });
  }
  await visit(pages[0], { javaScriptEnabled: false }, async (page) => {
    assert.ok(await page.locator("table.pairs tbody tr").count() > 0);
  });
});
