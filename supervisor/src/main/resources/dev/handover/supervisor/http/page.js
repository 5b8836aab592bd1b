"use strict";
// The page is complete without this, which fetches it again and takes over what is new in it.
(() => {
  // Each look costs the supervisor some milliseconds: when something happens, and seldom else.
  const CALM = 15000;
  const MOVING = 2000;
  const WITHOUT_EVENTS = 5000;
  const SOON = 300;
  const LIMIT = 8000;
  const fresh = document.getElementById("fresh");
  const pause = document.getElementById("pause");
  const news = document.getElementById("news");
  const clock = new Intl.DateTimeFormat([], { timeStyle: "medium" });
  let paused = false;
  let timer = 0;
  let looking = false;
  let happened = false;
  let events = null;
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
      // What somebody has opened stays open.
      if (name !== "open" && !next.hasAttribute(name)) {
        old.removeAttribute(name);
      }
    }
    for (const { name, value } of next.attributes) {
      if (name !== "open" && old.getAttribute(name) !== value) {
        old.setAttribute(name, value);
      }
    }
    takeChildren(old, next);
  }

  // One with an id is itself wherever it stands now: a new line above it does not make it another one.
  function takeChildren(old, next) {
    let there = old.firstChild;
    for (const wanted of next.childNodes) {
      const known = wanted.id && [...old.children].find((one) => one.id === wanted.id);
      if (known && known !== there) {
        old.insertBefore(known, there);
        there = known;
      }
      if (!there || (there.id || "") !== (wanted.id || "")) {
        old.insertBefore(wanted.cloneNode(true), there);
      } else {
        const following = there.nextSibling;
        take(there, wanted);
        there = following;
      }
    }
    while (there) {
      const gone = there;
      there = there.nextSibling;
      gone.remove();
    }
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
    looking = true;
    happened = false;
    follow();
    try {
      const answer = await fetch("/", { cache: "no-store", signal: AbortSignal.timeout(LIMIT) });
      const text = await answer.text();
      if (!answer.ok) {
        throw new Error(text);
      }
      show(new DOMParser().parseFromString(text, "text/html"));
      seen = new Date();
      if (!paused) {
        say("live", false);
      }
    } catch (failed) {
      say("The supervisor does not answer; this is as of " + clock.format(seen), true);
    }
    looking = false;
    again();
  }

  // Whoever looks at it has it live; a page that nobody sees asks for nothing.
  const awake = () => !paused && !document.hidden;

  function again() {
    clearTimeout(timer);
    if (awake()) {
      const moves = document.querySelector(".generation:not(.serving):not(.standby)");
      const calm = events && events.readyState === EventSource.OPEN ? CALM : WITHOUT_EVENTS;
      timer = setTimeout(look, happened ? SOON : moves ? MOVING : calm);
    }
  }

  // Many come together: what they come to is looked at once.
  function happens() {
    if (!happened) {
      happened = true;
      if (!looking) {
        again();
      }
    }
  }

  // It comes again by itself, and goes on from its last event, but where it was refused: as many follow as may.
  function follow() {
    if (!awake()) {
      if (events) {
        events.close();
        events = null;
      }
    } else if (!events || events.readyState === EventSource.CLOSED) {
      events = new EventSource("/api/v1/events");
      events.onmessage = happens;
      events.onopen = happens;
      events.addEventListener("not-shown", happens);
      events.onerror = () => (events && events.readyState === EventSource.CLOSED ? again() : happens());
    }
  }

  function wake() {
    follow();
    if (awake()) {
      look();
    } else {
      clearTimeout(timer);
    }
  }

  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = paused ? "Go on" : "Pause";
    if (paused) {
      say("paused at " + clock.format(seen), false);
    }
    wake();
  });
  document.addEventListener("visibilitychange", wake);
  pause.hidden = false;
  say("live", false);
  follow();
  again();
})();
