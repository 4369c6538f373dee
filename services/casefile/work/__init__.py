"""Work: what stops somebody, the steps on the way, the job, whether it lasts; and the places that open here first."""
