// The pictures that the page's template names in `data-icon`.

import arrowDown from "lucide-static/icons/arrow-down.svg";
import camera from "lucide-static/icons/image.svg";
import chevronDown from "lucide-static/icons/chevron-down.svg";
import chevronLeft from "lucide-static/icons/chevron-left.svg";
import keyboard from "lucide-static/icons/keyboard.svg";
import menu from "lucide-static/icons/menu.svg";
import more from "lucide-static/icons/ellipsis-vertical.svg";
import place from "lucide-static/icons/map-pin.svg";
import plus from "lucide-static/icons/plus.svg";
import send from "lucide-static/icons/send-horizontal.svg";
import smile from "lucide-static/icons/smile.svg";
import userPlus from "lucide-static/icons/user-plus.svg";
import warning from "lucide-static/icons/triangle-alert.svg";
import x from "lucide-static/icons/x.svg";

export const SVGS = {
  "arrow-down": arrowDown, photo: camera, "chevron-down": chevronDown, "chevron-left": chevronLeft,
  keyboard, menu, more, place, plus, send, smile, "user-plus": userPlus, warning, x,
};
