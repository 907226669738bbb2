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
        app.commands.addCommand(COMMAND, {
          label: "Mark Written Answers",
          caption: "Mark one question across the class, by rubric",
          execute: () => window.open(`${app.serviceManager.serverSettings.baseUrl}autograder/mark`, "_blank"),
        });
        if (launcher) launcher.add({ command: COMMAND, category: "Other", rank: 50 });
        if (menu) menu.viewMenu.addGroup([{ command: COMMAND }], 60);
        if (palette) palette.addItem({ command: COMMAND, category: "Grading" });
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
