"""The auditor's desk 督查台: the log, samples of it, and who looked at what."""
