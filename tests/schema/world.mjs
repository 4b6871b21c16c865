// A gateway with three fake services on free ports of 127.0.0.1, for one file.

import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";

const START_MS = 20000;

/** A service that answers from a table of `METHOD /path` to a value, a status, or "hang up". */
export class Fake {
  constructor() {
    this.answers = {};
    this.server = http.createServer((request, response) => {
      const key = `${request.method} ${request.url.split("?")[0]}`;
      const answer = this.answers[key] ?? { status: 404 };
      if (answer === "hang up") return void request.socket.destroy();
      response.writeHead(answer.status ?? 200, { "content-type": "application/json" });
      response.end(answer.status ? "{}" : JSON.stringify(answer.json));
    });
  }

  async start() {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    this.address = `127.0.0.1:${this.server.address().port}`;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** A port that nobody had a moment ago. */
async function freePort() {
  const server = http.createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

export class Gateway {
  constructor(braid, folder) {
    this.braid = braid;
    this.file = path.join(folder, "pages.yaml");
  }

  /** `text` with @users@ and so on filled in. */
  async start(text, fakes) {
    this.port = await freePort();
    for (const [name, fake] of Object.entries(fakes)) text = text.replaceAll(`@${name}@`, fake.address);
    fs.writeFileSync(this.file, `${text}\nlisten: 127.0.0.1:${this.port}\nadmin: off\nworkers: 1\n`);
    this.process = spawn(this.braid, ["run", this.file], { stdio: ["ignore", "ignore", "pipe"] });
    this.said = "";
    this.process.stderr.on("data", (data) => (this.said += data));
    for (const ends = Date.now() + START_MS; ; await new Promise((done) => setTimeout(done, 20))) {
      if (this.process.exitCode !== null || Date.now() > ends) throw new Error(`braid did not start: ${this.said}`);
      if ((await this.ask("GET", "/healthz").catch(() => null))?.status === 200) return;
    }
  }

  /** {status, headers, type, text} */
  ask(method, target, headers = {}, body = undefined) {
    return new Promise((resolve, reject) => {
      const request = http.request({ port: this.port, host: "127.0.0.1", method, path: target, headers, agent: false });
      request.on("error", reject);
      request.on("response", (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (data) => (text += data));
        response.on("error", reject);
        response.on("end", () => resolve({ status: response.statusCode, headers: response.headers,
                                           type: response.headers["content-type"], text }));
      });
      request.end(body);
    });
  }

  /** The exit code. */
  async stop() {
    this.process.kill("SIGTERM");
    if (this.process.exitCode === null) await once(this.process, "exit");
    return this.process.exitCode;
  }
}
