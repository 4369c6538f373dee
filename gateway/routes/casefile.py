"""What can be asked of casefile."""

from gateway.routes.line import Route, changes, creates, reads
from gateway.routes.purposes import CASEWORK, LOOK_UP, MIGRATION, STORY

ROUTES: tuple[Route, ...] = (
    # A search is a POST so that no name ever stands in an address.
    Route("POST", "/v1/casefile/people/search", "casefile.person.search", LOOK_UP, "search", body="json"),
    reads("/v1/casefile/people", "casefile.person.read", LOOK_UP | MIGRATION),
    creates("/v1/casefile/people", "casefile.person.register", CASEWORK),
    reads("/v1/casefile/people/names", "casefile.person.read", LOOK_UP | MIGRATION),
    reads("/v1/casefile/people/{person_id}", "casefile.person.read", LOOK_UP | MIGRATION),
    changes("PATCH", "/v1/casefile/people/{person_id}", "casefile.person.change", CASEWORK),
    changes("POST", "/v1/casefile/people/{person_id}/merge", "casefile.person.merge", STORY | MIGRATION),
    changes("POST", "/v1/casefile/people/{person_id}/unmerge", "casefile.person.unmerge", STORY | MIGRATION),
    creates("/v1/casefile/people/{person_id}/relationships", "casefile.relationship.record", CASEWORK),
    Route("POST", "/v1/casefile/imports", "casefile.person.import", MIGRATION, "bulk", keyed=True, body="bulk"),
    reads("/v1/casefile/imports/people", "casefile.person.import", MIGRATION),
    reads("/v1/casefile/households", "casefile.household.read", LOOK_UP),
    creates("/v1/casefile/households", "casefile.household.form", CASEWORK),
    reads("/v1/casefile/households/{household_id}", "casefile.household.read", LOOK_UP),
    reads("/v1/casefile/households/{household_id}/in-brief", "casefile.household.glance", STORY),
    reads("/v1/casefile/households/{household_id}/at-a-glance", "casefile.household.glance", STORY),
    reads("/v1/casefile/households/{household_id}/timeline", "casefile.timeline.read", STORY),
    creates("/v1/casefile/households/{household_id}/members", "casefile.household.change", CASEWORK),
    reads("/v1/casefile/messages", "casefile.message.read", STORY),
    reads("/v1/casefile/replies", "casefile.reply.read", STORY),
    reads("/v1/casefile/replies/{reply_id}", "casefile.reply.read", STORY),
    changes("POST", "/v1/casefile/replies/{reply_id}/reading", "casefile.reply.settle", STORY),
    reads("/v1/casefile/unknown-replies", "casefile.unknown_reply.read", CASEWORK),
    changes("POST", "/v1/casefile/unknown-replies/{reply_id}/sender", "casefile.unknown_reply.match", CASEWORK),
    reads("/v1/casefile/known", "casefile.known.read", CASEWORK),
)
