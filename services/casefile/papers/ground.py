"""What a section of a bundle is made from."""

from dataclasses import dataclass, field
from uuid import UUID

from kit.paper.sheet import Sheet
from kit.store.unit import UnitOfWork
from services.casefile.cases.queries import CaseView


@dataclass(frozen=True, slots=True)
class Ground:
    """A case on its way to paper. `without`: what is left out; `names`: whom the first section named."""

    unit: UnitOfWork
    paper: Sheet
    case: CaseView
    without: frozenset[UUID]
    names: dict[UUID, str] = field(default_factory=dict)

    def name(self, person_id: UUID) -> str:
        """How somebody is called in this paper; nobody's id is ever printed for a name."""
        return self.names.get(person_id, "somebody else")
