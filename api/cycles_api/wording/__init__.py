"""The sentences people read, made from codes and data; Chinese first, English complete."""

from cycles_api.wording.explained import ERRORS, Explained
from cycles_api.wording.language import LANGUAGES, Language, language_of
from cycles_api.wording.speaker import Speaker

__all__ = ["ERRORS", "LANGUAGES", "Explained", "Language", "Speaker", "language_of"]
