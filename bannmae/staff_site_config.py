"""Django's admin with our site as the default one, for `@admin.register` and `admin.site`."""

from django.contrib.admin.apps import AdminConfig


class StaffSiteConfig(AdminConfig):
    """`django.contrib.admin`, whose site is the staff's. A module of its own: Django would take
    any further AppConfig in `bannmae.apps` for that of `bannmae`."""

    default_site = "bannmae.staff_site.StaffSite"
