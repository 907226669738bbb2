/* An entry in JupyterLab's launcher, View menu and command palette, written as JupyterLab loads prebuilt extensions: a
   container with `init` and `get`, as webpack's module federation makes them. So small, it needs no build. */
"use strict";

(() => {
  const COMMAND = "autograder:mark";
  let shared = {};

  /* JupyterLab's own copy of a package, from which a token must come. */
  async function from(name, token) {
    const [version] = Object.values(shared[name] || {});
    return version ? (await version.get())()[token] : undefined;
  }

  /* The words of the entry in the language of the course; none where the server does not say. */
  async function translated(address) {
    try {
      const answer = await fetch(address, { credentials: "same-origin" });
      return answer.ok && !answer.redirected ? await answer.json() : {};
    } catch {
      return {};
    }
  }

  async function extension() {
    const tokens = await Promise.all([
      from("@jupyterlab/launcher", "ILauncher"),
      from("@jupyterlab/mainmenu", "IMainMenu"),
      from("@jupyterlab/apputils", "ICommandPalette"),
    ]);
    return {
      id: "autograder-marking:open",
      autoStart: true,
      optional: tokens.filter(Boolean),
      activate(app, ...services) {
        const [launcher, menu, palette] = tokens.map((token) => (token ? services.shift() : null));
        const page = `${app.serviceManager.serverSettings.baseUrl}autograder/mark`;
        const words = {
          label: "Mark Written Answers",
          caption: "Mark one question across the class, by rubric",
          category: "Grading",
        };
        app.commands.addCommand(COMMAND, {
          label: () => words.label,
          caption: () => words.caption,
          execute: () => window.open(page, "_blank"),
        });
        if (launcher) launcher.add({ command: COMMAND, category: "Other", rank: 50 });
        if (menu) menu.viewMenu.addGroup([{ command: COMMAND }], 60);
        translated(`${page}/api/menu`).then((said) => {
          Object.assign(words, said);
          app.commands.notifyCommandChanged(COMMAND);
          if (palette) palette.addItem({ command: COMMAND, category: words.category });
        });
      },
    };
  }

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["autograder-marking"] = {
    init(scope) {
      shared = scope;
    },
    async get() {
      const made = await extension();
      return () => ({ __esModule: true, default: made });
    },
  };
})();
