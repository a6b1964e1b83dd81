// SPDX-License-Identifier: AGPL-3.0-or-later
// Whether a page is still ours: nothing of the evidence became an element, an attribute that acts, or an address; bar and
// rail stand where they stood; nothing sticks out; no string of the evidence turns the direction of what is beside it.
// Runs in the page; gives a list of faults.

/** What the document is before any evidence is on it. */
export async function baseline(page) {
  return page.evaluate(() => ({
    script: document.querySelectorAll('script').length,
    style: document.querySelectorAll('style').length,
    link: document.querySelectorAll('link').length,
    meta: document.querySelectorAll('meta').length,
    polluted: Object.keys(Object.prototype).length,
  }));
}

export async function inspect(page, before) {
  return page.evaluate((base) => {
    const faults = [];
    const say = (text) => faults.length < 20 && faults.push(String(text).slice(0, 300));

    // ----- what became an element
    if (document.querySelector('[data-hostile]')) say('an element of a payload is in the document');
    for (const [tag, count] of Object.entries(base)) {
      if (tag === 'polluted') continue;
      const now = document.querySelectorAll(tag).length;
      if (now !== count) say(`${now} elements ${tag} instead of ${count}`);
    }
    const strangers = document.querySelectorAll(
      'iframe, frame, frameset, object, embed, applet, base, form:is([action], [target], [method]), math, video, audio, source, track, noscript, marquee, ' +
        'use, image, animate, set, foreignObject, body *:is(style, title:not(svg *), meta, link, script, template)',
    );
    for (const element of strangers) say(`an element ${element.tagName}`);
    if (Object.keys(Object.prototype).length !== base.polluted) say('the prototype of all objects has changed');
    for (const element of document.querySelectorAll('*')) {
      for (const { name, value } of element.attributes) {
        if (name.startsWith('on')) say(`an attribute ${name} of ${element.tagName}`);
        if (!['href', 'src', 'action', 'formaction', 'xlink:href', 'srcset', 'ping', 'data', 'poster'].includes(name)) continue;
        if (/^\s*(javascript|vbscript|data):/i.test(value)) say(`${name}=${value}`);
        else if (name !== 'srcset' && value !== '' && new URL(value, location.href).protocol !== 'blob:' &&
                 new URL(value, location.href).origin !== location.origin) say(`${name}=${value}`);
      }
    }

    // ----- layout
    const width = document.documentElement.clientWidth;
    for (const root of [document.documentElement, document.body]) {
      if (root.scrollWidth > width) say(`the page is ${root.scrollWidth} wide in a window of ${width}`);
      if (root.scrollLeft !== 0 || root.scrollTop !== 0) say('the page itself is scrolled');
    }
    const bar = document.querySelector('header');
    const rail = document.querySelector('nav');
    for (const [name, element] of [['bar', bar], ['rail', rail]]) {
      if (!element) {
        say(`there is no ${name}`);
        continue;
      }
      const box = element.getBoundingClientRect();
      if (box.left < -1 || box.right > width + 1 || box.top < -1 || box.bottom > innerHeight + 1) say(`the ${name} is cut`);
      for (const [x, y] of [[0.02, 0.5], [0.5, 0.15], [0.98, 0.5], [0.5, 0.9]]) {
        const hit = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
        if (hit && !element.contains(hit) && !hit.contains(element) && !hit.closest('dialog')) {
          say(`${hit.tagName}.${hit.className} lies over the ${name}`);
        }
      }
    }
    if (bar && bar.getBoundingClientRect().height > 120) say('the bar has grown');
    const clips = (element) => {
      for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) {
        const style = getComputedStyle(at);
        if (style.overflowX !== 'visible' || style.clipPath !== 'none') return true;
      }
      return false;
    };
    for (const element of document.querySelectorAll('main *')) {
      const box = element.getBoundingClientRect();
      if (box.width === 0 || box.height === 0 || (box.left >= -1 && box.right <= width + 1)) continue;
      if (!clips(element)) say(`${element.tagName}.${element.className} reaches from ${box.left} to ${box.right}`);
    }
    for (const scroller of document.querySelectorAll('main, main *')) {
      const style = getComputedStyle(scroller);
      if (!/auto|scroll/.test(style.overflowX) || scroller.scrollWidth <= scroller.clientWidth + 1) continue;
      // Pages that were zoomed, code and rows of our own choices may be wider than their place; lists and texts may not.
      if (scroller.closest('[data-testid="read-pages"], .chips, pre, code') === null && scroller.clientWidth > 0) {
        say(`${scroller.tagName}.${scroller.className} scrolls sideways: ${scroller.scrollWidth} in ${scroller.clientWidth}`);
      }
    }

    // ----- direction: controls are shown as numbers, and letters of the other direction stand in isolation
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const latin = document.documentElement.dir !== 'rtl';
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.data;
      if (/[\u202a-\u202e\u2066\u2067]/.test(text)) say(`a direction control in the text of ${node.parentElement.tagName}.${node.parentElement.className}`);
      // eslint-disable-next-line no-control-regex
      if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f]/.test(text)) say('a control character in a text');
      if (latin && /[\u0590-\u08ff]/.test(text)) {
        const isolated = node.parentElement.closest('bdi, [dir]');
        if (!isolated || isolated === document.documentElement) say(`not isolated: ${text.slice(0, 80)}`);
      }
    }
    for (const element of document.querySelectorAll('[title], [aria-label], [alt], [placeholder]')) {
      for (const name of ['title', 'aria-label', 'alt', 'placeholder']) {
        if (/[\u202a-\u202e\u2066\u2067]/.test(element.getAttribute(name) ?? '')) say(`a direction control in ${name}`);
      }
    }
    return faults;
  }, before);
}

/** Whether ink of the screen below reaches into the bar (towers of combining letters): the bar's picture must be the same
 *  with and without it. */
export async function barIsClean(page) {
  const box = await page.locator('header').first().boundingBox();
  const picture = () => page.screenshot({ clip: box, animations: 'disabled', caret: 'hide' });
  const withText = await picture();
  await page.evaluate(() => document.querySelector('main').style.setProperty('visibility', 'hidden'));
  const without = await picture();
  await page.evaluate(() => document.querySelector('main').style.removeProperty('visibility'));
  return withText.equals(without);
}
