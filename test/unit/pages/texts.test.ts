import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const PAGES = join(import.meta.dirname, '../../../src/pages');
const files = readdirSync(PAGES, { recursive: true, encoding: 'utf8' });
const text = (file: string): string => readFileSync(join(PAGES, file), 'utf8');
const code = files.filter((name) => /\.tsx?$/.test(name));
const tables = code.filter((name) => /texts[^/]*\.ts$/.test(name));

/** Each row of a table as it stands in its file: key, English, Chinese. */
function rows(table: string): Array<{ key: string; en: string; zh: string }> {
  const string = String.raw`(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")`;
  const row = new RegExp(String.raw`^  (?:'([^']+)'|([\w]+)): \[\s*${string},\s*${string},?\s*\],$`, 'gm');
  return [...text(table).matchAll(row)].map(([, quoted, bare, en1, en2, zh1, zh2]) => ({
    key: quoted ?? bare ?? '',
    en: en1 ?? en2 ?? '',
    zh: zh1 ?? zh2 ?? '',
  }));
}

const places = (words: string): string[] => [...words.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();

test('every text stands in English and in Chinese, with the same places for values', () => {
  assert.ok(tables.length > 0);
  for (const table of tables) {
    const found = rows(table);
    assert.equal(found.length, text(table).match(/^ {2}\S+: \[/gm)?.length, `${table} has rows that cannot be read`);
    for (const { key, en, zh } of found) {
      assert.ok(en !== '' && zh !== '', `${table}: ${key} is empty`);
      assert.deepEqual(places(zh), places(en), `${table}: ${key} has other places in Chinese`);
      assert.doesNotMatch(en, /[\u3000-\u9fff\uff00-\uffef]/, `${table}: ${key} is Chinese in the English column`);
      const sameInBoth = en === zh;
      assert.ok(sameInBoth || /[\u4e00-\u9fff]/.test(zh), `${table}: ${key} is not Chinese in the Chinese column`);
    }
  }
});

test('no component says anything that is in no table', () => {
  // Words between tags, and in the attributes that a person sees or hears.
  const spoken = [
    />\s*([A-Za-z\u4e00-\u9fff][^<>{}=;()]*)\s*<\//g,
    /(?:title|label|placeholder|aria-label|alt|hint)="([^"]+)"/g,
  ];
  const names = /^(ovd-gateway|OVC|English|中文|ovc\.example\.com)/;
  for (const file of code.filter((name) => name.endsWith('.tsx'))) {
    for (const pattern of spoken) {
      for (const [, words = ''] of text(file).matchAll(pattern))
        assert.match(words.trim(), names, `${file} says ${words}`);
    }
  }
});
