"""The pages: what people see who never heard of an API. Server-rendered; scripts only add."""

from cycles_api.pages.routes import PAGES

__all__ = ["PAGES"]
