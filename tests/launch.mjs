// A Firefox of its own for a test, which reaches this machine and no other host.
import puppeteer from "puppeteer-core";

export function firefox(executablePath, { patience, waits = 2, prefs = {} }) {
  return puppeteer.launch({
    timeout: patience,
    protocolTimeout: waits * patience,
    browser: "firefox",
    executablePath,
    headless: true,
    extraPrefsFirefox: {
      // A dead proxy for every host but this one.
      "network.proxy.type": 1,
      "network.proxy.http": "127.0.0.1",
      "network.proxy.http_port": 9,
      "network.proxy.ssl": "127.0.0.1",
      "network.proxy.ssl_port": 9,
      "network.proxy.no_proxies_on": "127.0.0.1",
      ...prefs,
    },
  });
}
