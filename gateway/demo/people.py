"""The people of the demo borough who can sign in: at least one for every role. All of them are made up.

Their ids are made from their short names (UUIDv5), so every run, test and loaded demo means the same person.
"""

from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5


def _organisation(slug: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:organisation:{slug}"))


COUNCIL = _organisation("council")
JOBCENTRE = _organisation("jobcentre")
NHS = _organisation("primary-care")
VOLUNTARY = _organisation("voluntary-alliance")
PARTNER = _organisation("harbour-advice")


@dataclass(frozen=True, slots=True)
class SignIn:
    """One ready person: short name, name as shown, employer's id, roles, and what they do in a few words."""

    slug: str
    name: str
    org: str
    roles: tuple[str, ...]
    does: str

    @property
    def id(self) -> UUID:
        """The stable subject of this person's tokens."""
        return uuid5(NAMESPACE_URL, f"urn:newstart:demo:worker:{self.slug}")


SIGN_INS: tuple[SignIn, ...] = (
    SignIn("sade-okafor", "Sade Okafor", COUNCIL, ("triage_officer",), "welcomes people at the Heath hub"),
    SignIn("farid-rahman", "Farid Rahman", COUNCIL, ("triage_officer",), "answers the phones"),
    SignIn("tom-abiola", "Tom Abiola", COUNCIL, ("universal_worker",), "account manager; debt and money advice"),
    SignIn("ewa-nowak", "Ewa Nowak", COUNCIL, ("universal_worker",), "account manager; work and skills"),
    SignIn("priya-nair", "Priya Nair", COUNCIL, ("targeted_specialist",), "domestic abuse specialist"),
    SignIn("marcus-bell", "Marcus Bell", COUNCIL, ("housing_officer",), "homelessness and lettings"),
    SignIn("ines-carvalho", "Ines Carvalho", COUNCIL, ("grants_officer",), "community grants and the panel"),
    SignIn("rosa-lim", "Rosa Lim", COUNCIL, ("grants_officer",), "takes in applications, releases payments"),
    SignIn("colin-marsh", "Colin Marsh", COUNCIL, ("revenues_officer",), "council tax and benefit overpayments"),
    SignIn("ruth-adeyemi", "Ruth Adeyemi", COUNCIL, ("safeguarding_lead",), "duty safeguarding team"),
    SignIn("naomi-clarke", "Naomi Clarke", COUNCIL, ("designated_officer",), "concerns about people who work here"),
    SignIn("wen-li", "Wen Li", COUNCIL, ("analyst",), "the borough's data observatory"),
    SignIn("hannah-price", "Hannah Price", COUNCIL, ("manager",), "manages the Heath and Thames hubs"),
    SignIn("dev-sharma", "Dev Sharma", COUNCIL, ("administrator",), "who works where, imports, configuration"),
    SignIn("olu-martins", "Olu Martins", COUNCIL, ("operations",), "keeps the platform running"),
    SignIn("bev-carter", "Bev Carter", COUNCIL, ("hub_host",), "runs the floor at the Heath hub"),
    SignIn(
        "gloria",
        "Gloria (volunteer)",
        VOLUNTARY,
        ("volunteer_welcome",),
        "volunteers on Tuesdays and Fridays",
    ),
    SignIn("janet-hughes", "Janet Hughes", JOBCENTRE, ("work_coach",), "work coach at the hub"),
    SignIn("samir-haddad", "Samir Haddad", NHS, ("gp_link_worker",), "link worker of four GP surgeries"),
    SignIn("abena-mensah", "Abena Mensah", VOLUNTARY, ("voluntary_sector_worker",), "food club and befriending"),
    SignIn("kofi-asante", "Kofi Asante", COUNCIL, ("personal_adviser",), "adviser to young people leaving care"),
    SignIn("moira-kelly", "Moira Kelly", COUNCIL, ("reviewing_officer",), "reviews pathway plans"),
    SignIn("grace-osei", "Grace Osei", COUNCIL, ("information_governance_lead",), "who looked, and why"),
    SignIn("peter-lund", "Peter Lund", COUNCIL, ("complaints_officer",), "complaints and councillors' enquiries"),
    SignIn("dame-joan-webb", "Joan Webb", VOLUNTARY, ("board_member",), "chairs the Partnership board"),
    SignIn("cllr-rahim-uddin", "Cllr Rahim Uddin", COUNCIL, ("councillor",), "councillor for Heath ward"),
    SignIn("harbour-advice", "Harbour Advice", PARTNER, ("partner",), "an advice charity's own system"),
    SignIn("kelly-pike", "Kelly Pike", "", ("resident",), "a resident with her own plan"),
    SignIn("staff-app", "A service account", COUNCIL, ("service",), "a program of the council's own"),
)
