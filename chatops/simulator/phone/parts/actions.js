// What happens on the phone when a LINE action is tapped. What LINE's servers do with it is the
// simulator's part (`tap`); what the phone does itself is done here.

const LIFF_HOST = "liff.line.me";
const SCHEME_CAMERA = /^https:\/\/line\.me\/R\/nv\/(camera|cameraRoll)\b/;
const SCHEME_LOCATION = /^https:\/\/line\.me\/R\/nv\/location\b/;

export class Actions {
  /**
   * @param {Object} phone what the phone can do: `dial(uri)`, `openLiff(uri)`, `askLocation()`,
   *   `pickPhotos()`, `pickDate(action, then)`, `fillIn(text)`, `openMenu(open)`, `toast(text)`,
   *   `send(action, params)`
   */
  constructor(phone) {
    this.phone = phone;
    this.tap = this.tap.bind(this);
    this.openUri = this.openUri.bind(this);
  }

  /** A tapped action of a card, a menu area or a quick reply. */
  tap(action) {
    switch (action?.type) {
      case "uri":
        this.openUri(action.uri);
        break;
      case "message":
      case "richmenuswitch":
        this.phone.send(action);
        break;
      case "postback":
        this.#input(action);
        this.phone.send(action);
        break;
      case "datetimepicker":
        this.phone.pickDate(action, (params) => this.phone.send(action, params));
        break;
      case "camera":
      case "cameraRoll":
        this.phone.pickPhotos();
        break;
      case "location":
        this.phone.askLocation();
        break;
      case "clipboard":
        this.#copy(action.clipboardText);
        break;
      default:
        this.phone.toast(`เครื่องจำลองไม่รู้จักปุ่มชนิด “${action?.type ?? "?"}”`);
    }
  }

  /** Follow an address as LINE does. */
  openUri(uri) {
    if (/^tel:/i.test(uri)) {
      this.phone.dial(uri);
    } else if (SCHEME_CAMERA.test(uri)) {
      this.phone.pickPhotos();
    } else if (SCHEME_LOCATION.test(uri)) {
      this.phone.askLocation();
    } else if (isLiff(uri)) {
      this.phone.openLiff(uri);
    } else if (/^https?:\/\//i.test(uri)) {
      window.open(uri, "_blank", "noopener");
    } else {
      this.phone.toast(`เครื่องจำลองเปิดลิงก์นี้ไม่ได้: ${uri}`);
    }
  }

  #input(action) {
    if (action.inputOption === "openKeyboard") this.phone.fillIn(action.fillInText ?? "");
    else if (action.inputOption === "openRichMenu") this.phone.openMenu(true);
    else if (action.inputOption === "closeRichMenu") this.phone.openMenu(false);
  }

  async #copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this.phone.toast("คัดลอกแล้ว");
    } catch {
      this.phone.toast(`คัดลอกไม่ได้ ข้อความคือ ${text}`);
    }
  }
}

/** True for a link that LINE opens as a LIFF app. */
export function isLiff(uri) {
  try {
    return new URL(uri).hostname === LIFF_HOST;
  } catch {
    return false;
  }
}
