// SPDX-License-Identifier: AGPL-3.0-or-later
// Two ways of doing the same: with the mouse, and with the keyboard alone. A test is written once and done with both; the
// keyboard never clicks, and reaches what has no key of its own with the Tab key, as somebody without a mouse must.
import { hook, until } from './harness.mjs';

const kMostTabs = 150;

/** Whether the focus is on what `selector` names, or inside of it. */
async function focused(page, selector) {
  return page.evaluate((wanted) => document.activeElement?.closest(wanted) != null, selector);
}

class Hands {
  constructor(reader) {
    this.reader = reader;
    this.page = reader.page;
  }
  /** On another page of the same reader (a new tab). */
  on(page) {
    const other = new this.constructor(this.reader);
    other.page = page;
    return other;
  }
  /** Results come while typing; from another screen Enter leads to them. */
  async type(text) {
    const away = !/^\/(search)?$/.test(new URL(this.page.url()).pathname);
    await this.page.keyboard.insertText(text);
    if (away) await this.page.keyboard.press('Enter');
  }
  async arrived(screen, there) {
    await this.page.waitForURL((url) => url.pathname.startsWith(screen));
    if (there) await this.page.waitForSelector(there);
  }
}

export class Mouse extends Hands {
  static title = 'by mouse';

  async search(text) {
    await this.page.locator(hook('search-input')).click();
    await this.page.keyboard.press('Control+a');
    await this.type(text);
  }
  /** The result that leads to a page; results are scrolled until it is there. */
  async openHit(item, number) {
    const link = this.page.locator(`${hook('hit')} h2 a[href^="/read/${item}/${number}?"]`).first();
    await until('the hit is in sight', async () => {
      if ((await link.count()) > 0) return true;
      await this.page.locator(hook('results')).hover();
      await this.page.mouse.wheel(0, 500);
      return false;
    });
    await link.click();
    await this.arrived(`/read/${item}/${number}`, hook('read-pages'));
  }
  async nextHit() {
    await this.page.locator(hook('next-hit')).first().click();
  }
  async previousHit() {
    await this.page.locator(hook('previous-hit')).first().click();
  }
  /** A click on a marked word chooses it. */
  async copyCitation() {
    const mark = await this.page.locator(hook('mark')).first().boundingBox();
    await this.page.mouse.click(mark.x + mark.width / 2, mark.y + mark.height / 2);
    await this.page.locator(hook('copy-citation')).first().click();
  }
  async goto(screen) {
    await this.page.locator(hook(`nav-${screen}`)).click();
  }
  async press(selector) {
    await this.page.locator(selector).first().click();
  }
  /** Goes into a folder of the chooser and chooses what is in it. */
  async choosePlace(folder, name) {
    const place = (wanted) => this.page.locator(hook('place'), { hasText: wanted }).first();
    await place(folder).locator(hook('place-open')).click();
    await place(name).click();
  }
  /** Walks the gaps: a group, then a place in it; ends where the place leads. */
  async walkGaps(kind) {
    await this.goto('gaps');
    await this.arrived('/gaps', hook('gap-group'));
    await this.press(`${hook('gap-group')}[data-kind="${kind}"] .title`);
    await this.page.waitForSelector(hook('gap-place'));
    await this.press(`a${hook('gap-place')}[href^="/read/"]`);
    await this.arrived('/read/');
  }
}

export class Keys extends Hands {
  static title = 'by keyboard alone';

  async key(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
  }
  async search(text) {
    await this.key('/');
    await until('the search field has the focus', () => focused(this.page, hook('search-input')));
    await this.key('Control+a');
    await this.type(text);
  }
  async openHit(item, number) {
    // Out of the field, into the list.
    await this.key('Escape', 'Escape');
    const link = `a[href^="/read/${item}/${number}?"]`;
    const there = () =>
      this.page.evaluate(([hit, wanted]) => {
        const at = document.activeElement?.closest(hit) ?? document.querySelector(`${hit}[aria-current="true"]`);
        return at !== null && at.querySelector(wanted) !== null;
      }, [hook('hit'), link]);
    // Down to the end of the list, then up: the list may stand behind the hit.
    let presses = 0;
    await until('j or k has reached the hit', async () => {
      if (await there()) return true;
      await this.key(presses++ < 20 ? 'j' : 'k');
      await this.page.waitForTimeout(60);
      return there();
    }, 20_000);
    await this.key('Enter');
    await this.arrived(`/read/${item}/${number}`, hook('read-pages'));
  }
  async nextHit() {
    await this.key('j');
  }
  async previousHit() {
    await this.key('k');
  }
  async copyCitation() {
    await this.key('c');
  }
  async goto(screen) {
    const letter = { search: 's', items: 'i', gaps: 'g', custody: 'c', add: 'a' }[screen];
    await this.key('Escape', 'g', letter);
  }
  /** Tab until the focus is there. */
  async reach(selector) {
    await this.page.waitForSelector(selector);
    for (let tabs = 0; tabs < kMostTabs; tabs += 1) {
      if (await focused(this.page, selector)) return;
      await this.key('Tab');
    }
    throw new Error(`Tab does not reach ${selector}`);
  }
  async press(selector) {
    await this.reach(selector);
    await this.key('Enter');
  }
  async choosePlace(folder, name) {
    const down = (wanted) =>
      until(`${wanted} is the one`, async () => {
        const now = await this.page.locator(`${hook('place')}.now`).innerText();
        if (now.includes(wanted)) return true;
        await this.key('ArrowDown');
        return false;
      });
    await this.reach(hook('places'));
    await down(folder);
    await this.key('Enter');
    await this.page.locator(hook('place'), { hasText: name }).waitFor();
    await this.reach(hook('places'));
    await down(name);
    await this.key('Space');
  }
  async walkGaps(kind) {
    await this.goto('gaps');
    await this.arrived('/gaps', hook('gap-group'));
    await this.arrow('ArrowDown', `${hook('gap-group')}[data-kind="${kind}"] .title`);
    await this.key('Enter');
    await this.page.waitForSelector(hook('gap-place'));
    await this.reach(hook('gap-place'));
    await this.arrow('ArrowDown', `a${hook('gap-place')}[href^="/read/"]`);
    await this.key('Enter');
    await this.arrived('/read/');
  }
  /** An arrow key until the focus is there. */
  async arrow(key, selector) {
    await this.page.waitForSelector(selector);
    for (let steps = 0; steps < kMostTabs; steps += 1) {
      if (await focused(this.page, selector)) return;
      await this.key(key);
      await this.page.waitForTimeout(40); // rows that were not there yet take the focus when they come
    }
    throw new Error(`${key} does not reach ${selector}`);
  }
}

/** What was copied, by either way of a browser. */
export async function clipboard(page) {
  return page.evaluate(() => navigator.clipboard.readText());
}
