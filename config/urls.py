"""Every address of the product, by door."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("config.health")),
    path("api/", include("qinghe.api.urls")),
    path("d/", include("qinghe.portal.urls")),
    path("cashier-sandbox/", include("qinghe.portal.sandbox.urls")),
    path("", include("qinghe.web.urls")),
]
handler400 = "qinghe.web.errors.bad_request"
handler403 = "qinghe.web.errors.forbidden"
handler404 = "qinghe.web.errors.not_found"
handler500 = "qinghe.web.errors.broken"
