"""The people, groups, appointments, terms and school days of one school; all pure values."""
