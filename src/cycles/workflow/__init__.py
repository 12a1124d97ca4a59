"""What a workflow is: its language, its versions, and the proofs that it is sound."""
