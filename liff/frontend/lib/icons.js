import arrowLeft from 'lucide-static/icons/arrow-left.svg';
import camera from 'lucide-static/icons/camera.svg';
import check from 'lucide-static/icons/check.svg';
import chevronRight from 'lucide-static/icons/chevron-right.svg';
import clock from 'lucide-static/icons/clock.svg';
import fileText from 'lucide-static/icons/file-text.svg';
import image from 'lucide-static/icons/image.svg';
import list from 'lucide-static/icons/list.svg';
import locate from 'lucide-static/icons/locate-fixed.svg';
import mapPin from 'lucide-static/icons/map-pin.svg';
import maximize from 'lucide-static/icons/maximize-2.svg';
import phone from 'lucide-static/icons/phone.svg';
import receipt from 'lucide-static/icons/receipt-text.svg';
import star from 'lucide-static/icons/star.svg';
import trash from 'lucide-static/icons/trash-2.svg';
import x from 'lucide-static/icons/x.svg';

export const icons = {
  'arrow-left': arrowLeft,
  camera,
  check,
  'chevron-right': chevronRight,
  clock,
  'file-text': fileText,
  image,
  list,
  locate,
  'map-pin': mapPin,
  maximize,
  phone,
  receipt,
  star,
  trash,
  x,
};
