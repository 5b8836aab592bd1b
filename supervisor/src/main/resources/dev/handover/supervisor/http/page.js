"use strict";
// The page is complete without this, which fetches it again and takes over what is new in it.
(() => {
  // Each look costs the supervisor some milliseconds: seldom while nothing changes.
  const CALM = 5000;
  const MOVING = 2000;
  const LIMIT = 8000;
  const fresh = document.getElementById("fresh");
  const pause = document.getElementById("pause");
  const news = document.getElementById("news");
  const clock = new Intl.DateTimeFormat([], { timeStyle: "medium" });
  let paused = false;
  let timer = 0;
  let seen = new Date();

  // Changes what differs and leaves the rest, so that focus and selections stay.
  function take(old, next) {
    if (old.nodeType !== next.nodeType || old.nodeName !== next.nodeName || old.id !== next.id) {
      old.replaceWith(next.cloneNode(true));
      return;
    }
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.data !== next.data) {
        old.data = next.data;
      }
      return;
    }
    for (const { name } of [...old.attributes]) {
      if (!next.hasAttribute(name)) {
        old.removeAttribute(name);
      }
    }
    for (const { name, value } of next.attributes) {
      if (old.getAttribute(name) !== value) {
        old.setAttribute(name, value);
      }
    }
    const before = [...old.childNodes];
    const after = [...next.childNodes];
    before.slice(after.length).forEach((node) => node.remove());
    after.forEach((node, i) => (i < before.length ? take(before[i], node) : old.append(node.cloneNode(true))));
  }

  const headlines = (page) =>
    new Map([...page.querySelectorAll("[data-headline]")].map((one) => [one.id, one.dataset.headline]));

  function show(page) {
    const before = headlines(document);
    const said = [...headlines(page)].filter(([id, text]) => before.get(id) !== text).map(([, text]) => text);
    for (const id of ["overall", "content"]) {
      take(document.getElementById(id), page.getElementById(id));
    }
    document.title = page.title;
    if (said.length) {
      news.textContent = said.join(". ");
    }
  }

  function say(text, late) {
    fresh.textContent = text;
    fresh.classList.toggle("late", late);
  }

  async function look() {
    clearTimeout(timer);
    try {
      const answer = await fetch("/", { cache: "no-store", signal: AbortSignal.timeout(LIMIT) });
      const text = await answer.text();
      if (!answer.ok) {
        throw new Error(text);
      }
      show(new DOMParser().parseFromString(text, "text/html"));
      seen = new Date();
      say("live", false);
    } catch (failed) {
      say("The supervisor does not answer; this is as of " + clock.format(seen), true);
    }
    again();
  }

  function again() {
    clearTimeout(timer);
    if (!paused && !document.hidden) {
      const moves = document.querySelector(".generation:not(.serving):not(.standby)");
      timer = setTimeout(look, moves ? MOVING : CALM);
    }
  }

  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = paused ? "Go on" : "Pause";
    if (paused) {
      clearTimeout(timer);
      say("paused at " + clock.format(seen), false);
    } else {
      look();
    }
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !paused) {
      look();
    }
  });
  pause.hidden = false;
  say("live", false);
  again();
})();
