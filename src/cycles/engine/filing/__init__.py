"""Filing records: in time, late, for another (代录); confirming, signing and showing them."""

from cycles.engine.filing.afterwards import confirm, reveal, sign
from cycles.engine.filing.filing import file
from cycles.engine.filing.naming import linked_ids
from cycles.engine.filing.window import superseded_by

__all__ = ["confirm", "file", "linked_ids", "reveal", "sign", "superseded_by"]
