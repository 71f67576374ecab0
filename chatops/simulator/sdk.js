/* The `liff` object of the LINE simulator: what LINE's SDK does, against the simulator.
 *
 * Only the documented behaviour is kept (LIFF API reference): primary and secondary redirect,
 * tokens from the fragment, PKCE login in an outside browser. ES5, no dependencies, one global.
 */
(function (window) {
  "use strict";

  var CONFIG = "__CONFIG__";
  var document = window.document;
  var FRAMED = window.parent !== window;
  // A page in the phone's sheet and the same page in a tab of its own share the storage of
  // one origin: each keeps its own sign-in, as LINE's browser and an outside browser do.
  var PREFIX = "liff-simulator:" + CONFIG.liffId + (FRAMED ? ":sheet:" : ":tab:");
  var SCOPES = "openid profile chat_message.write";
  var memory = {};
  var initialized = false;
  var markReady;

  function LiffError(code, message) {
    var error = new Error(message);
    error.name = "LiffError";
    error.code = String(code);
    return error;
  }

  // -- storage: sessionStorage, or memory where the browser forbids it ------------------

  function get(name) {
    try {
      var value = window.sessionStorage.getItem(PREFIX + name);
      return value === null ? memory[name] || null : value;
    } catch (e) {
      return memory[name] || null;
    }
  }

  function set(name, value) {
    memory[name] = value;
    try {
      window.sessionStorage.setItem(PREFIX + name, value);
    } catch (e) {
      /* kept in memory only */
    }
  }

  function remove(name) {
    delete memory[name];
    try {
      window.sessionStorage.removeItem(PREFIX + name);
    } catch (e) {
      /* was in memory only */
    }
  }

  // -- addresses --------------------------------------------------------------------------

  function parse(text) {
    var values = {};
    var parts = text.replace(/^[?#]/, "").split("&");
    for (var i = 0; i < parts.length; i++) {
      if (!parts[i]) continue;
      var at = parts[i].indexOf("=");
      var key = at < 0 ? parts[i] : parts[i].slice(0, at);
      var value = at < 0 ? "" : parts[i].slice(at + 1);
      values[decode(key)] = decode(value);
    }
    return values;
  }

  function decode(text) {
    try {
      return decodeURIComponent(text.replace(/\+/g, " "));
    } catch (e) {
      return text;
    }
  }

  function encode(values) {
    var parts = [];
    for (var key in values) {
      if (Object.prototype.hasOwnProperty.call(values, key)) {
        parts.push(encodeURIComponent(key) + "=" + encodeURIComponent(values[key]));
      }
    }
    return parts.join("&");
  }

  /** Drop the parameters `names` from a query or fragment, leaving the others as they stand. */
  function without(text, names) {
    var mark = text.charAt(0);
    var kept = text.slice(1).split("&").filter(function (part) {
      return part && names.indexOf(decode(part.split("=")[0])) < 0;
    });
    return kept.length ? mark + kept.join("&") : "";
  }

  function tidyAddress() {
    var search = without(window.location.search, ["code", "state", "error", "error_description"]);
    var hash = without(window.location.hash, [
      "access_token", "context_token", "feature_token", "id_token", "client_id"
    ]);
    var clean = window.location.pathname + search + hash;
    if (clean !== window.location.pathname + window.location.search + window.location.hash) {
      window.history.replaceState(window.history.state, "", clean);
    }
  }

  function pathOf(url) {
    var link = document.createElement("a");
    link.href = url;
    return link.pathname.charAt(0) === "/" ? link.pathname : "/" + link.pathname;
  }

  function isBelowEndpoint(path) {
    var base = pathOf(CONFIG.endpoint).replace(/\/$/, "");
    return path === base || path.indexOf(base + "/") === 0;
  }

  // -- SHA-256, for PKCE: crypto.subtle is missing on http addresses other than localhost --

  function sha256(ascii) {
    function rotate(value, by) {
      return (value >>> by) | (value << (32 - by));
    }
    var primes = [];
    for (var candidate = 2; primes.length < 64; candidate++) {
      var prime = true;
      for (var d = 2; d * d <= candidate; d++) if (candidate % d === 0) prime = false;
      if (prime) primes.push(candidate);
    }
    function fraction(root) {
      return ((root - Math.floor(root)) * 4294967296) | 0;
    }
    var h = primes.slice(0, 8).map(function (p) { return fraction(Math.pow(p, 1 / 2)); });
    var k = primes.map(function (p) { return fraction(Math.pow(p, 1 / 3)); });
    var words = [];
    var i;
    for (i = 0; i < ascii.length; i++) {
      words[i >> 2] = (words[i >> 2] || 0) | (ascii.charCodeAt(i) << (24 - 8 * (i % 4)));
    }
    words[ascii.length >> 2] = (words[ascii.length >> 2] || 0) | (0x80 << (24 - 8 * (ascii.length % 4)));
    var total = (((ascii.length + 8) >> 6) + 1) * 16;
    for (i = 0; i < total; i++) words[i] = words[i] || 0;
    words[total - 1] = ascii.length * 8;
    for (var block = 0; block < total; block += 16) {
      var w = words.slice(block, block + 16);
      var s = h.slice();
      for (i = 0; i < 64; i++) {
        if (i >= 16) {
          var a15 = w[i - 15];
          var a2 = w[i - 2];
          w[i] = (w[i - 16] + w[i - 7] +
            (rotate(a15, 7) ^ rotate(a15, 18) ^ (a15 >>> 3)) +
            (rotate(a2, 17) ^ rotate(a2, 19) ^ (a2 >>> 10))) | 0;
        }
        var t1 = (s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) +
          ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[i] + w[i]) | 0;
        var t2 = ((rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) +
          ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]))) | 0;
        s = [(t1 + t2) | 0, s[0], s[1], s[2], (s[3] + t1) | 0, s[4], s[5], s[6]];
      }
      for (i = 0; i < 8; i++) h[i] = (h[i] + s[i]) | 0;
    }
    var bytes = "";
    for (i = 0; i < 32; i++) bytes += String.fromCharCode((h[i >> 2] >>> (24 - 8 * (i % 4))) & 255);
    return bytes;
  }

  function base64url(bytes) {
    return window.btoa(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function randomText() {
    var numbers = new Uint8Array(32);
    window.crypto.getRandomValues(numbers);
    return base64url(String.fromCharCode.apply(null, numbers));
  }

  // -- calls ------------------------------------------------------------------------------

  function call(method, path, options) {
    options = options || {};
    return new Promise(function (resolve, reject) {
      var request = new XMLHttpRequest();
      request.open(method, CONFIG.base + path);
      if (options.token) request.setRequestHeader("Authorization", "Bearer " + options.token);
      if (options.type) request.setRequestHeader("Content-Type", options.type);
      request.onload = function () {
        var body = {};
        try {
          body = JSON.parse(request.responseText);
        } catch (e) {
          /* an empty answer */
        }
        if (request.status >= 200 && request.status < 300) resolve(body);
        else reject(LiffError(request.status, body.message || body.error_description || "HTTP " + request.status));
      };
      request.onerror = function () {
        reject(LiffError("UNKNOWN", "Failed to fetch"));
      };
      request.send(options.body || null);
    });
  }

  function tellParent(message) {
    window.parent.postMessage(message, "*");
  }

  // -- sign-in ----------------------------------------------------------------------------

  function store(accessToken, idToken, seconds) {
    set("accessToken", accessToken);
    set("expires", String(Date.now() + 1000 * seconds));
    if (idToken) set("idToken", idToken);
    else remove("idToken");
  }

  function takeFromFragment() {
    var given = parse(window.location.hash);
    if (!given.access_token) return;
    store(given.access_token, given.id_token, CONFIG.accessTokenSeconds);
    set("context", JSON.stringify(decodeJwt(given.context_token || "") || {}));
    set("inClient", "1");
  }

  /** Exchange the code that LINE Login came back with. Resolves at once when there is none. */
  function takeFromLogin() {
    var query = parse(window.location.search);
    var expected = get("state");
    if (!expected || query.state !== expected || !(query.code || query.error)) {
      return Promise.resolve();
    }
    var verifier = get("verifier");
    var redirectUri = get("redirectUri");
    remove("state");
    remove("verifier");
    remove("redirectUri");
    if (query.error) return Promise.reject(LiffError("INIT_FAILED", query.error + ": " + query.error_description));
    return call("POST", "/oauth2/v2.1/token", {
      type: "application/x-www-form-urlencoded",
      body: encode({
        grant_type: "authorization_code",
        code: query.code,
        redirect_uri: redirectUri,
        client_id: CONFIG.clientId,
        code_verifier: verifier
      })
    }).then(function (answer) {
      store(answer.access_token, answer.id_token, answer.expires_in);
    });
  }

  function decodeJwt(token) {
    try {
      var part = token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
      var bytes = window.atob(part);
      var escaped = "";
      for (var i = 0; i < bytes.length; i++) {
        escaped += "%" + ("0" + bytes.charCodeAt(i).toString(16)).slice(-2);
      }
      return JSON.parse(decodeURIComponent(escaped));
    } catch (e) {
      return null;
    }
  }

  function needLogin() {
    if (!liff.isLoggedIn()) return Promise.reject(LiffError("UNAUTHORIZED", "Need access_token for api call, Please login first"));
    return null;
  }

  function mustBeInitialized() {
    if (!initialized) throw LiffError("INVALID_CONFIG", "liffId is necessary for liff.init()");
  }

  function start(config) {
    if (!config || !config.liffId) {
      return Promise.reject(LiffError("INVALID_CONFIG", "liffId is necessary for liff.init()"));
    }
    liff.id = config.liffId;
    if (config.liffId !== CONFIG.liffId) {
      return Promise.reject(LiffError("404", "not found"));
    }
    if (!isBelowEndpoint(window.location.pathname)) {
      return Promise.reject(LiffError("INIT_FAILED",
        "liff.init() was called with a current URL that is not related to the endpoint URL. " +
        window.location.href + " is not under " + CONFIG.endpoint));
    }
    takeFromFragment();
    return takeFromLogin().then(function () {
      tidyAddress();
      var state = parse(window.location.search)["liff.state"];
      if (state !== undefined) {
        window.location.replace(CONFIG.endpoint + state);
        return new Promise(function () {}); // this page is on its way out
      }
      if (config.withLoginOnExternalBrowser && !liff.isInClient() && !liff.isLoggedIn()) {
        initialized = true;
        liff.login({ redirectUri: window.location.href });
        return new Promise(function () {});
      }
      initialized = true;
      markReady();
      return undefined;
    }, function (error) {
      tidyAddress();
      throw error;
    });
  }

  var liff = {
    id: null,

    ready: new Promise(function (resolve) {
      markReady = resolve;
    }),

    init: function (config, onSuccess, onError) {
      var started = start(config);
      if (onSuccess || onError) started.then(onSuccess || function () {}, onError || function () {});
      return started;
    },

    use: function () {
      return liff;
    },

    isInClient: function () {
      return get("inClient") === "1" || !!parse(window.location.hash).access_token;
    },

    isLoggedIn: function () {
      return !!get("accessToken") && Date.now() < Number(get("expires"));
    },

    login: function (config) {
      mustBeInitialized();
      var redirectUri = (config && config.redirectUri) || CONFIG.endpoint;
      var known = liff.getDecodedIDToken() || liff.getContext();
      var verifier = randomText();
      var state = randomText();
      var query = {
        response_type: "code",
        client_id: CONFIG.clientId,
        redirect_uri: redirectUri.split("#")[0],
        state: state,
        scope: SCOPES,
        code_challenge: base64url(sha256(verifier)),
        code_challenge_method: "S256"
      };
      // Inside LINE nobody is asked who she is.
      if (liff.isInClient() && known) query.login_hint = known.sub || known.userId;
      set("state", state);
      set("verifier", verifier);
      set("redirectUri", query.redirect_uri);
      window.location.href = CONFIG.base + "/oauth2/v2.1/authorize?" + encode(query);
    },

    logout: function () {
      remove("accessToken");
      remove("idToken");
      remove("expires");
    },

    getAccessToken: function () {
      return liff.isLoggedIn() ? get("accessToken") : null;
    },

    getIDToken: function () {
      return get("idToken");
    },

    getDecodedIDToken: function () {
      var token = get("idToken");
      return token ? decodeJwt(token) : null;
    },

    getProfile: function () {
      return needLogin() || call("GET", "/v2/profile", { token: get("accessToken") });
    },

    getFriendship: function () {
      return needLogin() || call("GET", "/friendship/v1/status", { token: get("accessToken") });
    },

    getContext: function () {
      var stored = get("context");
      if (liff.isInClient() && stored) return JSON.parse(stored);
      var who = liff.getDecodedIDToken();
      return {
        type: "external",
        userId: who ? who.sub : null,
        liffId: CONFIG.liffId,
        endpointUrl: CONFIG.endpoint,
        scope: SCOPES.split(" "),
        permanentLinkPattern: "concat"
      };
    },

    getOS: function () {
      var agent = window.navigator.userAgent;
      if (/iPhone|iPad|iPod/.test(agent)) return "ios";
      return /Android/.test(agent) ? "android" : "web";
    },

    getLanguage: function () {
      return window.navigator.language;
    },

    getAppLanguage: function () {
      return "th";
    },

    getVersion: function () {
      return "2.31.0";
    },

    getLineVersion: function () {
      return liff.isInClient() ? "15.20.0" : null;
    },

    isApiAvailable: function (name) {
      if (name === "sendMessages") return liff.isInClient();
      return name === "multipleLiffTransition" && liff.isInClient();
    },

    closeWindow: function () {
      if (FRAMED) tellParent({ type: "liff.closeWindow" });
      else window.close();
    },

    openWindow: function (params) {
      if (!params || typeof params.url !== "string" || !params.url) {
        throw LiffError("INVALID_ARGUMENT", "Invalid parameters for liff.openWindow()");
      }
      var external = !!params.external;
      if (FRAMED) tellParent({ type: "liff.openWindow", url: params.url, external: external });
      else window.open(params.url, "_blank");
    },

    sendMessages: function (messages) {
      if (!Array.isArray(messages) || messages.length < 1 || messages.length > 5) {
        return Promise.reject(LiffError("INVALID_ARGUMENT", "Number of messages should be in range 1 to 5."));
      }
      if (!liff.isInClient() || !liff.isLoggedIn()) {
        return Promise.reject(LiffError("403", "user doesn't grant required permissions yet"));
      }
      var path = "/_sim/residents/" + encodeURIComponent(liff.getContext().userId) + "/messages";
      return call("POST", path, {
        type: "application/json",
        body: JSON.stringify({ messages: messages })
      }).then(function () {});
    },

    permission: {
      query: function (name) {
        var known = SCOPES.split(" ").indexOf(name) >= 0;
        return Promise.resolve({ state: known ? "granted" : "unavailable" });
      },
      getGrantedAll: function () {
        return Promise.resolve(SCOPES.split(" "));
      },
      requestAll: function () {
        return Promise.resolve();
      }
    },

    permanentLink: {
      createUrlBy: function (url) {
        var path = pathOf(url);
        if (!isBelowEndpoint(path)) {
          return Promise.reject(LiffError("INVALID_ARGUMENT", "Current page is not under the endpoint URL"));
        }
        var link = document.createElement("a");
        link.href = url;
        var rest = path.slice(pathOf(CONFIG.endpoint).replace(/\/$/, "").length);
        return Promise.resolve("https://liff.line.me/" + CONFIG.liffId + rest + link.search + link.hash);
      }
    }
  };

  window.liff = liff;
})(window);
